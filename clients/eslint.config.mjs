// The rules that schema.graphql is held to: those recommended and those of Relay, and stricter ones where the
// forum keeps to more.

import graphql from "@graphql-eslint/eslint-plugin";

const { configs } = graphql;

// Objects that have no identity of their own: values, and what happened. A client keeps them with the object they
// stand in. Any other object has an id.
const VALUES = [
  "About",
  "AccessLedgerEntry",
  "AudiencePreview",
  "AudienceReader",
  "AuthorizationRequest",
  "ClientBudget",
  "ConcernAcknowledgement",
  "Desk",
  "DeskCounts",
  "Figures",
  // A template beside the concern that fills it.
  "FittingTemplate",
  "Invitation",
  "ModerationDesk",
  "MailPreference",
  "Names",
  "NewSession",
  "OfficeHolder",
  "OfficerLoad",
  "OrganizationMember",
  "OrganizationRequest",
  // Known by his thread and his author.
  "Participant",
  // Parts of what was flagged.
  "Flag",
  "FlaggedText",
  "ReviewStep",
  // Known by its quarter, and its parts.
  "TransparencyFigure",
  "TransparencyReport",
  // A text as it was, part of an appeal.
  "SealedOriginal",
  // The same, part of a thread or a post.
  "Revision",
  "OutcomeFigures",
  // Nobody is asked for one's own by an id.
  "OwnLegalDemand",
  "OwnSanction",
  "PageInfo",
  "RateLimit",
  "StayingData",
  "Statistics",
  "UserError",
  "Viewer",
  "WebhookAttempt",
  // Known by their codes.
  "AffectedGroup",
  "Category",
  "Helpline",
  "Region",
  "Theme",
  // Computed, or known by what they are about.
  "Clock",
  "ClockRule",
  "Hold",
  "PostingRule",
  "Holiday",
  // What a text says.
  "PersonalSpan",
  "TextCheck",
  "TextChange",
  // Parts of a commitment.
  "CommitmentStep",
  "Evidence",
  "Milestone",
  // What happened in a concern's life, known by its cursor.
  "TimelineAssignment",
  "TimelineClarification",
  "TimelineCommitment",
  "TimelineEscalation",
  "TimelineMove",
  "TimelineReferral",
  "TimelineResponse",
  "TimelineVerdict",
  // Live events, known by their cursors.
  "CommitmentChanged",
  "CommitmentKept",
  "CommitmentLapsed",
  "CommitmentMade",
  "ConcernAcknowledged",
  "ConcernAssigned",
  "ConcernEscalated",
  "ConcernMoved",
  "EndorsementsChanged",
  "ParticipantsChanged",
  "PostAdded",
  "PostEdited",
  "PostModerated",
  "ReminderDue",
  "ResponsePublished",
  "Resync",
  "ReviewOverdue",
  "SanctionChanged",
  "ThreadChanged",
  "ThreadModerated",
  "ThreadOpened",
  "VerdictAsked",
  "VerdictGiven",
  "WorkArrived",
];

export default [
  {
    files: ["**/*.graphql"],
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema: process.env.MUKALMA_CLIENTS_SCHEMA } },
    },
    plugins: { "@graphql-eslint": graphql },
    rules: {
      ...configs["flat/schema-recommended"].rules,
      ...configs["flat/schema-relay"].rules,
      "@graphql-eslint/no-scalar-result-type-on-mutation": "error",
      "@graphql-eslint/require-deprecation-date": "error",
      "@graphql-eslint/require-field-of-type-query-in-mutation-result": "error",
      "@graphql-eslint/require-nullable-fields-with-oneof": "error",
      "@graphql-eslint/require-description": [
        "error",
        {
          types: true,
          DirectiveDefinition: true,
          EnumValueDefinition: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          rootField: true,
        },
      ],
      "@graphql-eslint/relay-edge-types": [
        "error",
        {
          withEdgeSuffix: true,
          shouldImplementNode: true,
          // Short lists that are always given whole, such as `userErrors`, have no pages, and `nodes` of a
          // connection spares a client its edges, as in GitHub's schema.
          listTypeCanWrapOnlyEdgeType: false,
        },
      ],
      "@graphql-eslint/strict-id-in-types": [
        "error",
        { exceptions: { types: VALUES, suffixes: ["Connection", "Edge", "Payload"] } },
      ],
    },
  },
];
