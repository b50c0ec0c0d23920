/** What the API answers, as far as the pages ask for it. */
export interface Bounds {
    earliest: string | null;
    latest: string | null;
}

export interface FuzzyDate {
    edtf: string;
    text: string;
    start: Bounds;
    end: Bounds | null;
}

export interface EntityName {
    ref: string;
    name: string;
}

export interface Happening {
    eventId: string;
    kind: string;
    position: number;
    headline: string;
    occurred: FuzzyDate | null;
    entities: { role: string; entity: EntityName }[];
    sources: { url: string | null; publisher: string | null }[];
    disputes?: unknown[];
}

export interface Basis {
    position: number;
    recordedAt: string | null;
}

export interface Bar {
    start: string;
    end: string;
    count: number;
    group: string | null;
}
