// A client's types, made from the schema and from what every client here does.

export default {
  schema: process.env.MUKALMA_CLIENTS_SCHEMA,
  documents: ["operations.graphql"],
  generates: {
    "generated/": {
      preset: "client",
      config: {
        strictScalars: true,
        scalars: { DateTime: "string", Date: "string" },
        useTypeImports: true,
      },
    },
  },
};
