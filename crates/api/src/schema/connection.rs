//! Declares connections: edges, nodes, where the page lies, and a total that
//! is counted only when asked for.

/// Declares a connection type, its edge type, and how to build it.
///
/// `Total` is a type with `async fn count(&self, caller: &Caller) ->
/// async_graphql::Result<i64>`.
macro_rules! connection {
    ($(#[$meta:meta])* $name:ident, $edge:ident, $node:ty, $total:ty) => {
        $(#[$meta])*
        #[derive(Debug)]
        pub struct $name {
            items: Vec<(String, $node)>,
            info: $crate::schema::page::PageInfo,
            total: $total,
        }

        impl $name {
            pub(crate) fn new(
                items: Vec<(String, $node)>,
                info: $crate::schema::page::PageInfo,
                total: $total,
            ) -> Self {
                Self { items, info, total }
            }
        }

        /// An item of a list, with its cursor.
        #[derive(async_graphql::SimpleObject, Debug, Clone)]
        #[graphql(serial)]
        pub struct $edge {
            /// With which to ask for what comes after or before.
            #[graphql(directive = depends::apply(On::Thread))]
            cursor: String,
            /// The item.
            #[graphql(directive = depends::apply(On::Thread))]
            node: $node,
        }

        $(#[$meta])*
        #[async_graphql::Object(serial)]
        impl $name {
            /// The items, each with its cursor.
            #[graphql(directive = depends::apply(On::Thread))]
            async fn edges(&self) -> Vec<$edge> {
                self.items
                    .iter()
                    .map(|(cursor, node)| $edge { cursor: cursor.clone(), node: node.clone() })
                    .collect()
            }

            /// The items.
            #[graphql(directive = depends::apply(On::Thread))]
            async fn nodes(&self) -> Vec<&$node> {
                self.items.iter().map(|(_, node)| node).collect()
            }

            /// Where this page lies in the list.
            #[graphql(directive = depends::apply(On::Thread))]
            async fn page_info(&self) -> $crate::schema::page::PageInfo {
                self.info.clone()
            }

            /// How many items there are in all. Counted only when asked for.
            #[graphql(directive = cost::apply(10))]
            async fn total_count(
                &self,
                ctx: &async_graphql::Context<'_>,
            ) -> async_graphql::Result<i64> {
                self.total.count($crate::schema::caller::caller(ctx)).await
            }
        }
    };
}

pub(crate) use connection;
