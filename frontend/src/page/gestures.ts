/** Moving through time: pointer, wheel, touch and keys. */
import type { Window } from "./chart";
import { DAY, YEAR } from "./dates";

const SHORTEST = DAY / 24;
const LONGEST = 20_000 * YEAR;

interface Target {
    element: HTMLElement;
    width(): number;
    window(): Window;
    look(window: Window): void;
    fit(): void;
    step(by: number): void;
}

export function zoomed({ from, to }: Window, factor: number, center = (from + to) / 2): Window {
    const span = Math.min(Math.max((to - from) * factor, SHORTEST), LONGEST);
    const share = (center - from) / (to - from);
    return { from: center - span * share, to: center + span * (1 - share) };
}

export function moved({ from, to }: Window, share: number): Window {
    const by = (to - from) * share;
    return { from: from + by, to: to + by };
}

export function listen(target: Target): void {
    const { element } = target;
    const timeAt = (clientX: number) => {
        const { from, to } = target.window();
        return from + ((clientX - element.getBoundingClientRect().left) / target.width()) * (to - from);
    };

    element.addEventListener(
        "wheel",
        (event) => {
            const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
            if (sideways || event.shiftKey)
                target.look(moved(target.window(), (event.deltaX || event.deltaY) / target.width()));
            else if (event.ctrlKey || event.metaKey || event.altKey)
                target.look(zoomed(target.window(), 1.0025 ** event.deltaY, timeAt(event.clientX)));
            else return; // the wheel alone scrolls the page, as everywhere
            event.preventDefault();
        },
        { passive: false },
    );

    const pointers = new Map<number, number>();
    let dragged = false;
    element.addEventListener("pointerdown", (event) => {
        if (event.button !== 0) return;
        pointers.set(event.pointerId, event.clientX);
        dragged = false;
    });
    element.addEventListener("pointermove", (event) => {
        const before = pointers.get(event.pointerId);
        if (before === undefined) return;
        const by = event.clientX - before;
        if (!dragged && Math.abs(by) < 4 && pointers.size === 1) return;
        if (!dragged) {
            dragged = true;
            element.setPointerCapture(event.pointerId); // not before: a click goes to what was clicked
        }
        const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
        if (other !== undefined && Math.abs(event.clientX - other) > 8) {
            const factor = Math.abs(before - other) / Math.abs(event.clientX - other);
            target.look(zoomed(target.window(), factor, timeAt((before + other) / 2)));
        } else {
            target.look(moved(target.window(), -by / target.width()));
        }
        pointers.set(event.pointerId, event.clientX);
    });
    for (const end of ["pointerup", "pointercancel"] as const) {
        element.addEventListener(end, (event) => pointers.delete(event.pointerId));
    }
    element.addEventListener("click", (event) => dragged && event.stopPropagation(), { capture: true });
    element.addEventListener("dblclick", (event) => target.look(zoomed(target.window(), 0.4, timeAt(event.clientX))));

    const keys: Record<string, () => void> = {
        ArrowLeft: () => target.look(moved(target.window(), -0.15)),
        ArrowRight: () => target.look(moved(target.window(), 0.15)),
        ArrowUp: () => target.step(-1),
        ArrowDown: () => target.step(1),
        "+": () => target.look(zoomed(target.window(), 0.7)),
        "=": () => target.look(zoomed(target.window(), 0.7)),
        "-": () => target.look(zoomed(target.window(), 1 / 0.7)),
        Home: () => target.fit(),
        "0": () => target.fit(),
    };
    element.addEventListener("keydown", (event) => {
        const act = keys[event.key];
        if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        act();
    });
}
