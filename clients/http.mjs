// GraphQL over HTTP, by the audits of graphql-http.

import { serverAudits } from "graphql-http";

export default {
  "graphql-http: every audit passes": async (server) => {
    const failed = [];
    const audits = serverAudits({ url: server.http });
    for (const audit of audits) {
      const result = await audit.fn();
      if (result.status !== "ok") failed.push(`${audit.id} ${audit.name}: ${result.reason}`);
    }
    if (audits.length !== 61) failed.push(`there are ${audits.length} audits and not 61`);
    if (failed.length) throw new Error(failed.join("\n"));
  },
};
