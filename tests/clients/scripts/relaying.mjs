// What the scripts for Relay share: an environment over fetch, and what relay-compiler made of the documents in relay/.
import { createRequire } from "node:module";
import runtime from "relay-runtime";

export const compiled = (name) => createRequire(import.meta.url)(`./relay/__generated__/${name}.graphql.js`);

// `onAnswer` is told each answer as the server sent it, and the name of its query.
export function environmentOver(address, onAnswer = () => {}) {
  async function send({ text, name }, variables) {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify({ query: text, variables }) });
    const said = await answer.json();
    onAnswer(said, name);
    return said;
  }
  const store = new runtime.Store(new runtime.RecordSource());
  return new runtime.Environment({ network: runtime.Network.create(send), store });
}
