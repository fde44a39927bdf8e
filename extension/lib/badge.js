/** PURE. What the badge shows: a short text, and the key of the title that says it in words. */

const COLOURS = {
  under: "#1b6b5a",
  near: "#8a5200",
  over: "#a3262b",
  neutral: "#565b62",
};

/**
 * @param {{today: object | null, reach: {ok: boolean} | null, pause: object | null}} known what was
 *   last heard from the daemon
 * @returns {{text: string, colour: string, title: string, seconds: number | null}} `seconds` is
 *   the amount that the title names
 */
export function badgeOf({ today, reach, pause }) {
  if (pause?.paused)
    return badge("II", "neutral", pause.until ? "badge_paused_until" : "badge_paused");
  if (reach && !reach.ok) return badge("!", "neutral", "badge_unreachable");
  if (!today) return badge("", "neutral", "badge_unknown");
  const { state, left_seconds: left, spent_seconds: spent } = today;
  if (state === "off") return badge("", "neutral", "badge_off", spent);
  if (state === "over") return badge("over", "over", "badge_over", secondsOver(today));
  return badge(String(Math.ceil(left / 60)), state, "badge_left", left);
}

function badge(text, colour, title, seconds = null) {
  return { text, colour: COLOURS[colour] ?? COLOURS.neutral, title, seconds };
}

/** How far today is over its budget, in seconds. */
export function secondsOver({ spent_seconds: spent, budget_minutes: budget, left_seconds: left }) {
  return left < 0 ? -left : Math.max(0, spent - budget * 60);
}
