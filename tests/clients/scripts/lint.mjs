// node lint.mjs SCHEMA: what ESLint, set up by eslint.config.mjs, finds in a schema.
import { ESLint } from "eslint";

const schema = process.argv[2];
const eslint = new ESLint({ overrideConfig: { languageOptions: { parserOptions: { graphQLConfig: { schema } } } } });
const [{ messages }] = await eslint.lintFiles(schema);
console.log(JSON.stringify(messages.map(({ ruleId, line, message }) => ({ rule: ruleId, line, message }))));
