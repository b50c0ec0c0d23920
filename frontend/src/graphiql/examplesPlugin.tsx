import { type GraphiQLPlugin, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { type GraphQLSchema, Kind, parse, validate } from "graphql";
import { type Example, EXAMPLES } from "./examples";

/** A list of examples; each opens in a tab of its own. */
export function examplesPlugin(): GraphiQLPlugin {
    return { title: "Examples", icon: Icon, content: Examples };
}

function Icon() {
    return (
        <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
            <path d="M4 7h9M10 12h10M4 17h6" strokeLinecap="round" />
            <circle cx="17.5" cy="7" r="1.6" fill="currentColor" />
            <circle cx="14.5" cy="17" r="1.6" fill="currentColor" />
        </svg>
    );
}

function Examples() {
    const schema = useGraphiQL((state) => state.schema);
    const { addTab, setOperationFacts, updateActiveTabValues } = useGraphiQLActions();
    const queryEditor = useGraphiQL((state) => state.queryEditor);

    function open(example: Example) {
        addTab();
        updateActiveTabValues({ query: example.query, variables: "", response: null });
        queryEditor?.setValue(example.query);
        // Not left to the editor, which looks at it a moment later: who runs it at once would run the last operation's name.
        const documentAST = parse(example.query);
        const operations = documentAST.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
        setOperationFacts({ documentAST, operations, operationName: operations[0]?.name?.value });
    }

    return (
        <section className="examples" aria-label="Examples">
            <h2>Examples</h2>
            <p>On the sample timeline. They run as they are.</p>
            <ul>
                {EXAMPLES.filter((example) => runsOn(schema, example)).map((example) => (
                    <li key={example.title}>
                        <button type="button" onClick={() => open(example)}>
                            <strong>{example.title}</strong>
                            <span>{example.about}</span>
                        </button>
                    </li>
                ))}
            </ul>
        </section>
    );
}

function runsOn(schema: GraphQLSchema | null | undefined, example: Example): boolean {
    const live = example.query.startsWith("subscription");
    if (live && !schema?.getSubscriptionType()) return false;
    return !!schema && validate(schema, parse(example.query)).length === 0;
}
