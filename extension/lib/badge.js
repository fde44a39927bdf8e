/** PURE. What the badge shows: short text, and the same in words as the key of a title. */

const COLOURS = {
  under: "#1b6b5a",
  near: "#8a5200",
  over: "#a3262b",
  quiet: "#565b62",
};

/**
 * @param {{today: object | null, reach: {ok: boolean} | null, pause: object | null}} known
 * @returns {{text: string, colour: string, title: string, seconds: number | null}} `seconds` is
 *   the amount that the title speaks of
 */
export function badgeOf({ today, reach, pause }) {
  if (pause?.paused)
    return badge("II", "quiet", pause.until ? "badge_paused_until" : "badge_paused");
  if (reach && !reach.ok) return badge("!", "quiet", "badge_unreachable");
  if (!today) return badge("", "quiet", "badge_unknown");
  const { state, left_seconds: left, spent_seconds: spent } = today;
  if (state === "off") return badge("", "quiet", "badge_off", spent);
  if (state === "over") return badge("over", "over", "badge_over", secondsOver(today));
  return badge(String(Math.ceil(left / 60)), state, "badge_left", left);
}

function badge(text, colour, title, seconds = null) {
  return { text, colour: COLOURS[colour] ?? COLOURS.quiet, title, seconds };
}

/** How far over the budget today is, in seconds. */
export function secondsOver({ spent_seconds: spent, budget_minutes: budget, left_seconds: left }) {
  return left < 0 ? -left : Math.max(0, spent - budget * 60);
}
