/** Queries on the sample timeline that run as they are. Those that this server's schema does not know are not shown. */
export interface Example {
    title: string;
    about: string;
    query: string;
}

export const EXAMPLES: readonly Example[] = [
    {
        title: "What happened, and who says so",
        about: "How ChatGPT fell to second place on the App Store, with sources.",
        query: `{
  timeline(slug: "ai-race") {
    events(filter: { entities: ["app:chatgpt"], kinds: ["chart.milestone"] }, orderBy: OCCURRED_DESC) {
      nodes {
        headline
        occurred { text }
        sources { title publisher url }
        ... on ChartMilestone { rank chart { name } }
      }
    }
  }
}
`,
    },
    {
        title: "States at two dates",
        about: "What was true of ChatGPT on 15 January, and on 25 January 2025.",
        query: `{
  timeline(slug: "ai-race") {
    before: app(slug: "chatgpt", at: "2025-01-15") { name rank(chart: "us-app-store-top-free") }
    after: app(slug: "chatgpt", at: "2025-01-25") { name rank(chart: "us-app-store-top-free") }
  }
}
`,
    },
    {
        title: "Before and after the correction",
        about: "The same question, as known before and after a claim was disputed and corrected.",
        query: `query Corrected($then: Position! = 31) {
  timeline(slug: "ai-race") {
    asFirstRecorded: events(filter: { kinds: ["investment.announced"] }, knownAt: { position: $then }, orderBy: RECORDED_ASC) {
      nodes { headline occurred { text } }
      basis { position recordedAt }
    }
    asKnownNow: events(filter: { kinds: ["investment.announced"] }, orderBy: RECORDED_ASC) {
      nodes { headline occurred { text } }
      basis { position recordedAt }
    }
  }
}
`,
    },
    {
        title: "Every version of a claim",
        about: "What was said of the 500 billion dollars, by whom, and why it changed.",
        query: `{
  timeline(slug: "ai-race") {
    event(eventId: "20250127-0000-4000-8000-000000000012") {
      headline
      status
      versions { headline occurred { text } reason status sources { publisher title url } }
      disputes { note sources { publisher url } }
    }
  }
}
`,
    },
    {
        title: "As precisely as it is known",
        about: "Dates and quantities with their bounds.",
        query: `{
  timeline(slug: "ai-race") {
    events(filter: { kinds: ["training.disclosed"] }) {
      nodes {
        headline
        occurred { edtf text precision start { earliest latest } }
        ... on TrainingDisclosed { cost { text upper currency } chips { text value qualifier } }
      }
    }
  }
}
`,
    },
    {
        title: "Counts for a chart",
        about: "How many events of each kind each year has.",
        query: `{
  timeline(slug: "ai-race") {
    extent { earliest latest }
    histogram(by: YEAR, groupBy: KIND) { start count group }
  }
}
`,
    },
    {
        title: "Live: what is recorded from now on",
        about: "Leave it running, and append an event in another tab.",
        query: `subscription {
  events(timeline: "ai-race") {
    events { position headline occurred { text } }
    caughtUp
    cursor
  }
}
`,
    },
    {
        title: "Append an event",
        about: "It has an id of its own, so running it twice appends it once.",
        query: `mutation {
  appendEvents(
    input: {
      timeline: "ai-race"
      events: [
        {
          id: "5f1d7d6e-6c0b-4a53-9d6c-0f6f0a3c2b11"
          occurred: "2025-01-31"
          event: { modelReleased: { model: { ref: "o3-mini", name: "o3-mini" }, developer: { ref: "openai" } } }
          sources: [{ url: "https://openai.com/index/openai-o3-mini/", publisher: "OpenAI" }]
        }
      ]
    }
  ) {
    events { position headline }
    duplicates
    errors { code message path }
  }
}
`,
    },
    {
        title: "The kinds of events",
        about: "What can be appended, with an example of each.",
        query: `{
  kinds { name doc example fields { name type required doc } }
}
`,
    },
];
