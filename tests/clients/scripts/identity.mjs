// node identity.mjs ADDRESS: asks for many views in one answer, and prints what Relay's store warns of. It warns where
// two instances of one id differ in a field.
import runtime from "relay-runtime";
import { compiled, environmentOver } from "./relaying.mjs";

const warnings = [];
console.error = (...said) => warnings.push(said.join(" "));
const environment = environmentOver(process.argv[2]);
await runtime.fetchQuery(environment, compiled("viewsQuery"), {}).toPromise();
const ids = environment.getStore().getSource().getRecordIDs().filter((id) => !id.startsWith("client:"));
console.log(JSON.stringify({ warnings, ids: ids.length }));
