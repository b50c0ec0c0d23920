// Read by relay-compiler, never run: many views of the same things in one answer, for which ../identity.mjs asks.
import { graphql } from "relay-runtime";

graphql`
  fragment views_entity on Entity {
    id ref name aliases description at { edtf } basis { position }
    ... on App { rank(chart: "us-app-store-top-free") developer { id name } model { id name } }
  }
`;

graphql`
  fragment views_fact on Fact {
    attribute text value since { edtf } until { edtf } knownFrom knownUntil
    keyEntity { ...views_entity }
    event { id status headline timeline { id basis { position } } }
  }
`;

graphql`
  fragment views_event on Event {
    id position status headline data reason occurred { edtf }
    disputes { id status reason }
    entities { role entity { ...views_entity } }
    versions { id status headline timeline { id basis { position } } }
    current { id status headline }
    latest: current(knownAt: { position: 33 }) { id status headline timeline { id basis { position } } }
    supersededBy { id status headline }
    timeline { id basis { position } }
    changes { nodes { attribute entity { ...views_entity } before { ...views_fact } after { ...views_fact } } }
  }
`;

graphql`
  fragment views_organisation on Organisation {
    ...views_entity
    apps { nodes { ...views_entity } }
    models { nodes { ...views_entity } }
    deals { nodes { ...views_entity } }
    facts { nodes { ...views_fact } }
    history(axis: KNOWLEDGE) { nodes { ...views_fact } }
  }
`;

graphql`
  fragment views_chart on Chart {
    ...views_entity
    events { nodes { ...views_event } }
    standings { nodes { rank app { ...views_entity } chart { ...views_entity } event { ...views_event } } }
  }
`;

graphql`
  fragment views_change on FactChange {
    attribute entity { ...views_entity } before { ...views_fact } after { ...views_fact }
  }
`;

graphql`
  query viewsQuery {
    timeline(slug: "ai-race") {
      id basis { position }
      events(filter: { status: [CURRENT, CORRECTED] }) { nodes { ...views_event } }
      eventsAt: events(at: "2025-01-15") { nodes { ...views_event } }
      eventsThen: events(knownAt: { position: 20 }) { nodes { ...views_event } }
      eventsAtThen: events(at: "2025-01-15", knownAt: { position: 20 }) { nodes { ...views_event } }
      organisations { nodes { ...views_organisation } }
      organisationsAt: organisations(at: "2025-01-10") { nodes { ...views_organisation } }
      organisationsPossible: organisations(at: "2025-01-10", certainty: POSSIBLE) { nodes { ...views_organisation } }
      organisationsThen: organisations(knownAt: { position: 20 }) { nodes { ...views_organisation } }
      charts { nodes { ...views_chart } }
      chartsAt: charts(at: "2025-01-15") { nodes { ...views_chart } }
      chartsAtThen: charts(at: "2025-01-15", knownAt: { position: 20 }) { nodes { ...views_chart } }
      inTheWorld: diff(from: { at: "2025-01-15" }, to: { at: "2025-01-25" }) { nodes { ...views_change } }
      inWhatIsKnown: diff(from: { knownAt: { position: 5 } }, to: { knownAt: { position: 33 } }) {
        nodes { ...views_change }
      }
      series(attribute: "app.rank", key: "us-app-store-top-free") {
        entity { ...views_entity }
        points { ...views_fact }
      }
    }
  }
`;
