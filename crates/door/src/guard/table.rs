//! The one table of the schema that the guard, the checking of variables and
//! the sharing of live answers read, made at start from the schema's own text.

use std::collections::{BTreeMap, HashMap, HashSet};

use async_graphql::Value;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, ConstDirective, ExecutableDocument, FieldDefinition, InputValueDefinition,
    OperationType, Type, TypeKind, TypeSystemDefinition,
};
use async_graphql::{Name, Positioned};

use crate::directive::On;
use crate::guard::{Limits, measure};

/// How many items a list has when nothing in the schema says.
const UNSAID_LIST: u64 = 10;

/// The text of the schema is not one we can read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum TableError {
    /// It does not parse.
    #[error("the schema's text cannot be read: {0}")]
    Text(#[from] async_graphql::parser::Error),
    /// A directive has an argument we do not understand.
    #[error("@{directive} on {field} is not understood")]
    Directive {
        /// Which directive.
        directive: &'static str,
        /// On which field, as `Type.field`.
        field: String,
    },
}

/// What the guard knows of the schema.
#[derive(Debug, Default)]
pub struct SchemaTable {
    types: HashMap<Name, TypeRule>,
    inputs: HashMap<Name, InputRule>,
    query: Option<Name>,
    mutation: Option<Name>,
    subscription: Option<Name>,
}

/// An object, interface or union.
#[derive(Debug, Default)]
pub(crate) struct TypeRule {
    fields: HashMap<Name, FieldRule>,
}

/// A field, as the guard counts it.
#[derive(Clone, Debug)]
pub(crate) struct FieldRule {
    /// Its type.
    pub(crate) ty: Type,
    /// The name of its type, without lists and exclamation marks.
    pub(crate) of: Name,
    /// From `@cost`; else 1 for what has fields, nothing for a leaf.
    pub(crate) weight: u64,
    /// Set when it is a list, or a page of one.
    pub(crate) list: Option<ListRule>,
    /// From `@depends`; else [`On::Viewer`].
    pub(crate) depends: On,
}

/// How long a list can be.
#[derive(Clone, Debug)]
pub(crate) struct ListRule {
    /// When no slicing argument is given.
    pub(crate) assumed: u64,
    /// The arguments that give the length, as a number or as a list.
    pub(crate) slicing: Vec<String>,
    /// The fields below that have this length; when empty, the field itself.
    pub(crate) sized: Vec<String>,
}

/// What may stand in a variable.
#[derive(Debug)]
pub(crate) enum InputRule {
    /// A scalar of our own, which reads its values itself.
    Scalar,
    /// One of these names.
    Enum(HashSet<Name>),
    /// An input object.
    Object {
        /// By name, so that of several faults always the same is told.
        fields: BTreeMap<Name, InputField>,
        /// Whether exactly one must be given.
        one_of: bool,
    },
}

/// A field of an input object.
#[derive(Debug)]
pub(crate) struct InputField {
    /// Its type.
    pub(crate) ty: Type,
    /// Whether it may be left out although its type is not nullable.
    pub(crate) has_default: bool,
}

impl SchemaTable {
    /// Reads the table from the text of a schema, as
    /// [`Schema::sdl`](async_graphql::Schema::sdl) writes it: applied
    /// directives included.
    ///
    /// # Errors
    ///
    /// When the text cannot be read, or a directive of ours has arguments that
    /// [`crate::directive`] does not declare.
    pub fn from_sdl(sdl: &str) -> Result<Self, TableError> {
        let mut table = Self::default();
        let mut members: Vec<(Name, Name)> = Vec::new();
        let mut said: HashSet<(Name, Name)> = HashSet::new();
        let mut leaves: HashSet<Name> = ["Int", "Float", "String", "Boolean", "ID"]
            .into_iter()
            .map(Name::new)
            .collect();
        let document = parse_schema(sdl)?;
        let mut names = Names::default();
        for definition in &document.definitions {
            if let TypeSystemDefinition::Type(ty) = definition
                && matches!(ty.node.kind, TypeKind::Scalar | TypeKind::Enum(_))
            {
                leaves.insert(ty.node.name.node.clone());
            }
        }
        for definition in &document.definitions {
            match definition {
                TypeSystemDefinition::Schema(schema) => {
                    let mut root = |name: &Option<Positioned<Name>>| {
                        name.as_ref().map(|name| names.own(&name.node))
                    };
                    table.query = root(&schema.node.query);
                    table.mutation = root(&schema.node.mutation);
                    table.subscription = root(&schema.node.subscription);
                }
                TypeSystemDefinition::Directive(_) => {}
                TypeSystemDefinition::Type(ty) => {
                    let ty = &ty.node;
                    let name = names.own(&ty.name.node);
                    match &ty.kind {
                        TypeKind::Scalar => {
                            table.inputs.insert(name, InputRule::Scalar);
                        }
                        TypeKind::Enum(values) => {
                            let values = values.values.iter();
                            let values = values.map(|value| names.own(&value.node.value.node));
                            let rule = InputRule::Enum(values.collect());
                            table.inputs.insert(name, rule);
                        }
                        TypeKind::InputObject(object) => {
                            let rule = input_rule(&ty.directives, &object.fields, &mut names);
                            table.inputs.insert(name, rule);
                        }
                        TypeKind::Union(_) => {
                            table.types.entry(name).or_default();
                        }
                        TypeKind::Object(object) => {
                            for interface in &object.implements {
                                members.push((names.own(&interface.node), name.clone()));
                            }
                            let rule =
                                type_rule(&name, &object.fields, &leaves, &mut said, &mut names)?;
                            table.types.insert(name, rule);
                        }
                        TypeKind::Interface(interface) => {
                            for parent in &interface.implements {
                                members.push((names.own(&parent.node), name.clone()));
                            }
                            let fields = &interface.fields;
                            let rule = type_rule(&name, fields, &leaves, &mut said, &mut names)?;
                            table.types.insert(name, rule);
                        }
                    }
                }
            }
        }
        table.strengthen(&members, &said);
        Ok(table)
    }

    /// A field of an interface weighs and depends as the strongest of its
    /// implementations, and of its own word where it has one.
    fn strengthen(&mut self, members: &[(Name, Name)], said: &HashSet<(Name, Name)>) {
        let mut found: HashMap<(Name, Name), (u64, On, Option<ListRule>)> = HashMap::new();
        for (interface, member) in members {
            let (Some(interface_rule), Some(member_rule)) =
                (self.types.get(interface), self.types.get(member))
            else {
                continue;
            };
            for name in interface_rule.fields.keys() {
                if let Some(field) = member_rule.fields.get(name) {
                    let strongest = found
                        .entry((interface.clone(), name.clone()))
                        .or_insert_with(|| (0, On::Thread, None));
                    strongest.0 = strongest.0.max(field.weight);
                    strongest.1 = strongest.1.max(field.depends);
                    strongest.2 = strongest.2.take().or_else(|| field.list.clone());
                }
            }
        }
        for (key, (weight, depends, list)) in found {
            let declared = said.contains(&key);
            let field = self
                .types
                .get_mut(&key.0)
                .and_then(|rule| rule.fields.get_mut(&key.1));
            if let Some(field) = field {
                field.weight = field.weight.max(weight);
                field.depends = if declared {
                    field.depends.max(depends)
                } else {
                    depends
                };
                if field.list.as_ref().is_none_or(|own| own.slicing.is_empty()) && list.is_some() {
                    field.list = list;
                }
            }
        }
    }

    /// The strongest dependency of any field that the operation selects, which
    /// says how widely one computed answer may be shared. A document that the
    /// guard would refuse, or an operation that is not in it, depends on the
    /// viewer.
    pub fn share_class(&self, document: &ExecutableDocument, operation: Option<&str>) -> On {
        let Ok(measures) = measure(document, self, &Limits::default()) else {
            return On::Viewer;
        };
        measures
            .operation(operation)
            .map_or(On::Viewer, |operation| operation.depends)
    }

    pub(crate) fn root(&self, kind: OperationType) -> Option<&TypeRule> {
        let name = match kind {
            OperationType::Query => &self.query,
            OperationType::Mutation => &self.mutation,
            OperationType::Subscription => &self.subscription,
        };
        self.types.get(name.as_ref()?)
    }

    pub(crate) fn of(&self, name: &str) -> Option<&TypeRule> {
        self.types.get(name)
    }

    pub(crate) fn input(&self, name: &str) -> Option<&InputRule> {
        self.inputs.get(name)
    }
}

impl TypeRule {
    pub(crate) fn field(&self, name: &str) -> Option<&FieldRule> {
        self.fields.get(name)
    }
}

/// Each name once. A name of the parsed text would keep its place among what is
/// dropped with the text, and so much memory for a few letters.
#[derive(Default)]
struct Names(HashSet<Name>);

impl Names {
    fn own(&mut self, name: &Name) -> Name {
        if let Some(own) = self.0.get(name) {
            return own.clone();
        }
        let own = Name::new(name.as_str());
        self.0.insert(own.clone());
        own
    }

    fn own_type(&mut self, ty: &Type) -> Type {
        Type {
            base: match &ty.base {
                BaseType::Named(name) => BaseType::Named(self.own(name)),
                BaseType::List(item) => BaseType::List(Box::new(self.own_type(item))),
            },
            nullable: ty.nullable,
        }
    }
}

fn type_rule(
    name: &Name,
    fields: &[Positioned<FieldDefinition>],
    leaves: &HashSet<Name>,
    said: &mut HashSet<(Name, Name)>,
    names: &mut Names,
) -> Result<TypeRule, TableError> {
    let mut rules = HashMap::with_capacity(fields.len());
    for field in fields {
        let field = &field.node;
        let field_name = names.own(&field.name.node);
        let own = depends(&field.directives, &field_name)?;
        if own.is_some() {
            said.insert((name.clone(), field_name.clone()));
        }
        let ty = names.own_type(&field.ty.node);
        let (of, is_list) = named(&ty);
        let leaf = leaves.contains(of);
        let rule = FieldRule {
            of: of.clone(),
            weight: cost(field)?.unwrap_or(u64::from(!leaf)),
            list: list(field)?.or_else(|| {
                (is_list && !leaf).then(|| ListRule {
                    assumed: UNSAID_LIST,
                    slicing: Vec::new(),
                    sized: Vec::new(),
                })
            }),
            depends: own.unwrap_or(On::Viewer),
            ty,
        };
        rules.insert(field_name, rule);
    }
    Ok(TypeRule { fields: rules })
}

fn input_rule(
    directives: &[Positioned<ConstDirective>],
    fields: &[Positioned<InputValueDefinition>],
    names: &mut Names,
) -> InputRule {
    InputRule::Object {
        one_of: directive(directives, "oneOf").is_some(),
        fields: fields
            .iter()
            .map(|field| {
                let field = &field.node;
                let rule = InputField {
                    has_default: field.default_value.is_some(),
                    ty: names.own_type(&field.ty.node),
                };
                (names.own(&field.name.node), rule)
            })
            .collect(),
    }
}

fn named(ty: &Type) -> (&Name, bool) {
    match &ty.base {
        BaseType::Named(name) => (name, false),
        BaseType::List(item) => (named(item).0, true),
    }
}

fn directive<'a>(
    directives: &'a [Positioned<ConstDirective>],
    name: &str,
) -> Option<&'a ConstDirective> {
    let mut directives = directives.iter().map(|directive| &directive.node);
    directives.find(|directive| directive.name.node == name)
}

fn depends(
    directives: &[Positioned<ConstDirective>],
    place: &Name,
) -> Result<Option<On>, TableError> {
    let Some(found) = directive(directives, "depends") else {
        return Ok(None);
    };
    let on = found.get_argument("on").map(|value| value.node.to_string());
    match on.as_deref() {
        Some("THREAD") => Ok(Some(On::Thread)),
        Some("DIRECTORY") => Ok(Some(On::Directory)),
        Some("VIEWER") => Ok(Some(On::Viewer)),
        _ => Err(TableError::Directive {
            directive: "depends",
            field: place.to_string(),
        }),
    }
}

fn cost(field: &FieldDefinition) -> Result<Option<u64>, TableError> {
    let Some(found) = directive(&field.directives, "cost") else {
        return Ok(None);
    };
    number(found, "weight")
        .map(Some)
        .ok_or_else(|| TableError::Directive {
            directive: "cost",
            field: field.name.node.to_string(),
        })
}

fn list(field: &FieldDefinition) -> Result<Option<ListRule>, TableError> {
    let Some(found) = directive(&field.directives, "listSize") else {
        return Ok(None);
    };
    let rule = (|| {
        Some(ListRule {
            assumed: number(found, "assumedSize")?,
            slicing: texts(found, "slicingArguments")?,
            sized: texts(found, "sizedFields")?,
        })
    })();
    rule.map(Some).ok_or_else(|| TableError::Directive {
        directive: "listSize",
        field: field.name.node.to_string(),
    })
}

fn number(directive: &ConstDirective, argument: &str) -> Option<u64> {
    match &directive.get_argument(argument)?.node {
        Value::Number(number) => number.as_u64(),
        _ => None,
    }
}

fn texts(directive: &ConstDirective, argument: &str) -> Option<Vec<String>> {
    let Value::List(items) = &directive.get_argument(argument)?.node else {
        return None;
    };
    let texts = items.iter().map(|item| match item {
        Value::String(text) => Some(text.clone()),
        _ => None,
    });
    texts.collect()
}
