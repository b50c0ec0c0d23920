/** Time on the chart: bounds as numbers, ticks, and dates for people. */
import { utcTicks } from "d3-time";
import type { FuzzyDate } from "./types";

export const DAY = 86_400_000;
export const YEAR = 365.2425 * DAY;
const MONTHS = "January February March April May June July August September October November December".split(" ");

/** When something begins and ends, in ms; ±Infinity is open. A point has no end. */
export interface Span {
    startLo: number;
    startHi: number;
    endLo: number | null;
    endHi: number | null;
}

export function spanOf(date: FuzzyDate): Span {
    const ms = (text: string | null, open: number) => (text === null ? open : Date.parse(text));
    return {
        startLo: ms(date.start.earliest, -Infinity),
        // A period that is open at its start has no bounds there at all: it began before everything.
        startHi:
            date.end && date.start.earliest === null && date.start.latest === null
                ? -Infinity
                : ms(date.start.latest, Infinity),
        endLo: date.end && ms(date.end.earliest, Infinity),
        endHi: date.end && ms(date.end.latest, Infinity),
    };
}

export function yearText(year: number): string {
    return year > 0 ? String(year) : `${1 - year} BC`;
}

export const yearOf = (ms: number) => yearText(new Date(ms).getUTCFullYear());

/** A day for people: 15 January 2025. */
export function dayText(ms: number): string {
    const date = new Date(ms);
    return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${yearText(date.getUTCFullYear())}`;
}

export function momentText(instant: string): string {
    const date = new Date(instant);
    return `${dayText(date.getTime())}, ${date.toISOString().slice(11, 16)} UTC`;
}

/** A day as EDTF. */
export function dayEdtf(ms: number): string {
    const date = new Date(Math.min(Math.max(ms, Date.UTC(-9999, 0, 1)), Date.UTC(9999, 11, 31)));
    const year = date.getUTCFullYear();
    const two = (value: number) => String(value).padStart(2, "0");
    return `${year < 0 ? "-" : ""}${String(Math.abs(year)).padStart(4, "0")}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

/** The end of the day, month or year that an EDTF names: up to where `at` looks. */
export function momentOf(edtf: string): number | null {
    const match = /^(-?\d{4})(?:-(\d\d))?(?:-(\d\d))?$/.exec(edtf);
    if (!match) return null;
    const [, year, month, day] = match;
    const date = new Date(0);
    if (day) date.setUTCFullYear(+year!, +month! - 1, +day + 1);
    else if (month) date.setUTCFullYear(+year!, +month, 1);
    else date.setUTCFullYear(+year! + 1, 0, 1);
    return date.getTime();
}

export interface Tick {
    time: number;
    text: string;
    /** The same for who sees no tick before it: it leaves nothing out. */
    whole: string;
    strong: boolean;
}

export function ticksOf(from: number, to: number, count: number): Tick[] {
    return utcTicks(new Date(from), new Date(to), count).map((date): Tick => {
        const [month, day] = [date.getUTCMonth(), date.getUTCDate()];
        const short = MONTHS[month]!.slice(0, 3);
        const clock = date.toISOString().slice(-13, -8);
        const year = yearOf(date.getTime());
        const strong = clock === "00:00" && day === 1 && month === 0;
        if (clock !== "00:00")
            return { time: date.getTime(), text: clock, whole: `${clock}, ${day} ${short} ${year}`, strong };
        const text = day > 1 ? `${day} ${short}` : month > 0 ? short : year;
        return { time: date.getTime(), text, whole: strong ? year : `${text} ${year}`, strong };
    });
}

const PERIODS: [string, number][] = [
    ["HOUR", DAY / 24],
    ["DAY", DAY],
    ["WEEK", 7 * DAY],
    ["MONTH", 30.4 * DAY],
    ["QUARTER", 91.3 * DAY],
    ["YEAR", YEAR],
    ["DECADE", 10 * YEAR],
    ["CENTURY", 100 * YEAR],
];

/** The shortest period that lasts at least so many ms. */
export function periodFor(ms: number): string {
    return (PERIODS.find(([, length]) => length >= ms) ?? PERIODS.at(-1)!)[0];
}
