/**
 * PURE. Computes from a pattern alone how long matching can take, exactly as
 * plnd/catalogue/pattern_cost.py does. A test holds that both give the same answer about the same pattern.
 *
 * The pattern becomes a Glushkov automaton: one state for each character that it reads, with the
 * states that may follow. Inside a repetition, each character may lead to one state at most, so that
 * no text can be read in two ways; nested repetitions are allowed if what they read differs, as in
 * `(?:/[^/]+)*`. The number of ways through everything else is counted.
 */
import { LONGEST_ADDRESS } from "./recognise.js";

const LONGEST_PATTERN = 2000;
const LARGEST_COUNT = 999;
const MOST_STATES = 5000;
const DEEPEST = 40;
const MOST_STEPS = 48 * LONGEST_ADDRESS ** 2;

const LAST = 0x10ffff;
const WORD = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
const DIGIT = [[48, 57]];
// \s in Python, and in JavaScript.
const SPACE = [
  [9, 13],
  [32, 32],
];
const WIDE_SPACE = [
  ...SPACE,
  ...[160, 5760, 8239, 8287, 12288, 65279].map((code) => [code, code]),
  [8192, 8202],
  [8232, 8233],
];
const CONTROL = { n: 10, r: 13, t: 9, f: 12, v: 11 };

// Steps are a polynomial of the text's length: the coefficient of each power, from 0 to 4.
const NONE = [0, 0, 0, 0, 0];
const ONE = [1, 0, 0, 0, 0];
const LARGEST_STEPS = 1e12;

class RefusedPattern extends Error {}

/**
 * Why a pattern is refused: "syntax", "reference", "large", "empty" (it repeats what can be
 * empty), "ambiguous" (a repetition can read a text in two ways), "look" (it repeats a lookahead
 * that repeats) or "slow"; null for a pattern whose time is bounded.
 */
export function patternFault(pattern) {
  const chars = [...pattern];
  if (chars.length > LONGEST_PATTERN) return "large";
  try {
    return stepsOf(chars) > MOST_STEPS ? "slow" : null;
  } catch (error) {
    if (error instanceof RefusedPattern) return error.message;
    throw error;
  }
}

function stepsOf(chars) {
  const { automaton, whole } = new Parser(chars);
  const [failing, matching] = steps(automaton, whole);
  const all = added(whole.anchored ? failing : timesLength(failing), matching);
  return all.reduce((sum, count, power) => sum + count * LONGEST_ADDRESS ** power, 0);
}

function refuse(code) {
  throw new RefusedPattern(code);
}

function checkedSize(size) {
  if (size > MOST_STATES) refuse("large");
  return size;
}

/**
 * A part of a pattern: the states that it begins and ends with, and its properties. `looks` is
 * true if a lookahead in it repeats something.
 */
const part = (fields = {}) => ({
  ...{ first: [], last: [], canBeEmpty: true, anchored: false },
  ...{ size: 0, repeats: false, looks: false },
  ...fields,
});

class Automaton {
  reads = [];
  follow = [];
  /** The outermost repetitions, states `start` to `end` exclusive; `times` is null if unlimited. */
  loops = [];
  /** Whether it contains assertions, such as the end of the text. */
  asserts = false;
  /** The steps of all lookaheads. */
  looks = NONE;

  state(reads) {
    const one = this.reads.push(reads) - 1;
    this.follow.push([]);
    return part({ first: [one], last: [one], canBeEmpty: false, size: 1 });
  }

  connect(before, after) {
    for (const one of before) {
      const existing = new Set(this.follow[one]);
      // An inner repetition leads there too.
      if (after.some((other) => existing.has(other))) refuse("ambiguous");
      this.follow[one].push(...after);
    }
  }
}

/** Reads a pattern from left to right and builds its automaton. */
class Parser {
  #chars;
  #at = 0;
  #depth = 0;
  automaton = new Automaton();

  constructor(chars) {
    this.#chars = chars;
    this.whole = this.#alternatives();
    if (this.#at < chars.length) refuse("syntax");
  }

  #next() {
    return this.#chars[this.#at] ?? "";
  }

  #take() {
    const char = this.#next();
    if (char === "") refuse("syntax");
    this.#at += 1;
    return char;
  }

  #skip(text) {
    const found = [...text].every((char, index) => this.#chars[this.#at + index] === char);
    if (found) this.#at += text.length;
    return found;
  }

  #alternatives() {
    const parts = [this.#sequence()];
    while (this.#skip("|")) parts.push(this.#sequence());
    if (parts.filter((one) => one.canBeEmpty).length > 1) refuse("ambiguous");
    return part({
      first: parts.flatMap((one) => one.first),
      last: parts.flatMap((one) => one.last),
      canBeEmpty: parts.some((one) => one.canBeEmpty),
      anchored: parts.every((one) => one.anchored),
      size: checkedSize(parts.reduce((sum, one) => sum + one.size, 0)),
      repeats: parts.some((one) => one.repeats),
      looks: parts.some((one) => one.looks),
    });
  }

  #sequence() {
    let whole = part();
    let begins = true;
    while (!["", "|", ")"].includes(this.#next())) {
      const one = this.#repeated();
      this.automaton.connect(whole.last, one.first);
      whole = part({
        first: whole.canBeEmpty ? [...whole.first, ...one.first] : whole.first,
        last: one.canBeEmpty ? [...one.last, ...whole.last] : one.last,
        canBeEmpty: whole.canBeEmpty && one.canBeEmpty,
        anchored: begins ? one.anchored : whole.anchored,
        size: checkedSize(whole.size + one.size),
        repeats: whole.repeats || one.repeats,
        looks: whole.looks || one.looks,
      });
      begins = false;
    }
    return whole;
  }

  #repeated() {
    const start = this.automaton.reads.length;
    const one = this.#atom();
    const found = this.#quantifier();
    if (found === null) return one;
    this.#skip("?");
    if (["*", "+", "?", "{"].includes(this.#next())) refuse("syntax");
    const [least, most] = found;
    if (one.canBeEmpty) refuse("empty");
    const many = most === null || most > 1 ? this.#loop(start, one, least, most) : one;
    return { ...many, canBeEmpty: least === 0, anchored: many.anchored && least > 0 };
  }

  #loop(start, one, least, most) {
    if (one.looks) refuse("look");
    const { automaton } = this;
    automaton.connect(one.last, one.first);
    const times = most === null || one.repeats ? null : most - least + 1;
    automaton.loops = automaton.loops.filter((loop) => loop.start < start);
    automaton.loops.push({ start, end: automaton.reads.length, times });
    const size = checkedSize(one.size * Math.max(least, most ?? 1));
    return { ...one, size, repeats: one.repeats || times !== 1 };
  }

  #quantifier() {
    if (this.#skip("*")) return [0, null];
    if (this.#skip("+")) return [1, null];
    if (this.#skip("?")) return [0, 1];
    if (!this.#skip("{")) return null;
    const least = this.#number();
    let most = least;
    if (this.#skip(",")) most = this.#next() === "}" ? null : this.#number();
    if (!this.#skip("}") || (most !== null && most < least)) refuse("syntax");
    return [least, most];
  }

  #number() {
    let digits = "";
    while (/^[0-9]$/.test(this.#next())) digits += this.#take();
    if (digits === "") refuse("syntax");
    if (digits.length > 9 || Number(digits) > LARGEST_COUNT) refuse("large");
    return Number(digits);
  }

  #atom() {
    const char = this.#take();
    if (char === "(") return this.#group();
    if (char === "^") return part({ anchored: true });
    if (char === "$" || (char === "\\" && ["b", "B"].includes(this.#next()))) {
      if (char === "\\") this.#at += 1;
      this.automaton.asserts = true;
      return part();
    }
    if ("*+?{".includes(char)) refuse("syntax");
    if (char === ".") return this.automaton.state([[0, LAST]]);
    if (char === "[") return this.automaton.state(this.#class());
    return this.automaton.state(char === "\\" ? this.#escaped(true) : just(char));
  }

  #group() {
    this.#depth += 1;
    if (this.#depth > DEEPEST) refuse("large");
    const looks = this.#skip("?=") || this.#skip("?!");
    if (!looks && !this.#skip("?:") && this.#next() === "?") refuse("syntax");
    const outer = this.automaton;
    if (looks) this.automaton = new Automaton();
    const one = this.#alternatives();
    if (!this.#skip(")")) refuse("syntax");
    this.#depth -= 1;
    if (!looks) return one;
    outer.looks = added(outer.looks, ...steps(this.automaton, one));
    outer.asserts = true;
    this.automaton = outer;
    return part({ size: one.size, looks: one.repeats || one.looks });
  }

  #class() {
    const negated = this.#skip("^");
    if (this.#next() === "]") refuse("syntax"); // Python and JavaScript differ
    const found = [];
    while (!this.#skip("]")) {
      const one = this.#classItem(!negated);
      const end = this.#chars[this.#at + 1] ?? "";
      if (this.#next() !== "-" || end === "" || end === "]") {
        found.push(...one);
        continue;
      }
      this.#at += 1;
      const other = this.#classItem(!negated);
      if (!isOne(one) || !isOne(other) || other[0][0] < one[0][0]) refuse("syntax");
      found.push([one[0][0], other[0][0]]);
    }
    return negated ? without(found) : joined(found);
  }

  #classItem(wide) {
    const char = this.#take();
    if (char !== "\\") return just(char);
    if (this.#next() !== "b") return this.#escaped(wide);
    this.#at += 1;
    return [[8, 8]];
  }

  #escaped(wide) {
    const char = this.#take();
    if (char === "d") return DIGIT;
    if (char === "D") return without(DIGIT);
    if (char === "w") return WORD;
    if (char === "W") return without(WORD);
    if (char === "s") return wide ? joined(WIDE_SPACE) : SPACE;
    if (char === "S") return without(wide ? SPACE : WIDE_SPACE);
    if (Object.hasOwn(CONTROL, char)) return [[CONTROL[char], CONTROL[char]]];
    if (char === "x" || char === "u") return this.#hex(char === "x" ? 2 : 4);
    if (/^[0-9]$/.test(char)) refuse("reference");
    if (/^[A-Za-z]$/.test(char)) refuse("syntax");
    return just(char);
  }

  #hex(digits) {
    const text = this.#chars.slice(this.#at, this.#at + digits).join("");
    if (text.length < digits || !/^[0-9a-fA-F]+$/.test(text)) refuse("syntax");
    this.#at += digits;
    const code = Number.parseInt(text, 16);
    return [[code, code]];
  }
}

// -- sets of characters, as sorted ranges

const just = (char) => [[char.codePointAt(0), char.codePointAt(0)]];

const isOne = (ranges) => ranges.length === 1 && ranges[0][0] === ranges[0][1];

function joined(ranges) {
  const found = [];
  for (const [low, high] of ranges.toSorted((one, other) => one[0] - other[0])) {
    const before = found.at(-1);
    if (before && low <= before[1] + 1) before[1] = Math.max(before[1], high);
    else found.push([low, high]);
  }
  return found;
}

function without(ranges) {
  const found = [];
  let begin = 0;
  for (const [low, high] of joined(ranges)) {
    if (low > begin) found.push([begin, low - 1]);
    begin = high + 1;
  }
  if (begin <= LAST) found.push([begin, LAST]);
  return found;
}

const overlap = (one, other) =>
  one.some(([low, high]) => other.some(([begin, end]) => low <= end && begin <= high));

// -- steps

/**
 * The steps of matching at one position of a text: those that backtracking may repeat, and those
 * after a state in which the text certainly matches, which are taken once.
 */
function steps(automaton, whole) {
  const found = automaton.reads.map(() => NONE);
  const beyond = automaton.reads.map(() => []);
  const fits = new Set(automaton.asserts ? [] : whole.last);
  let once = NONE;
  for (let one = automaton.reads.length - 1; one >= 0; one -= 1) {
    const loop = automaton.loops.find(({ start, end }) => start <= one && one < end);
    if (!loop) {
      const here = added(ONE, stepsOfNext(automaton, automaton.follow[one], found));
      if (fits.has(one)) once = added(once, here);
      found[one] = fits.has(one) ? ONE : here;
      beyond[one] = readsFrom(automaton, automaton.follow[one], beyond);
    } else if (one === loop.end - 1) {
      const inside = Array.from({ length: loop.end - loop.start }, (_, n) => loop.start + n);
      const leaving = inside.map((state) => stepsAfterExit(automaton, loop, state, found, beyond));
      const follow = inside.flatMap((state) => automaton.follow[state]);
      const outside = follow.filter((state) => state >= loop.end);
      const here = added([0, 1, 0, 0, 0], greatest(leaving));
      if (inside.some((state) => fits.has(state))) once = added(once, here);
      const reads = readsFrom(automaton, [...inside, ...outside], beyond);
      for (const state of inside) {
        found[state] = fits.has(state) ? ONE : here;
        beyond[state] = reads;
      }
    }
  }
  const looks = added(ONE, automaton.looks);
  const all = added(ONE, stepsOfNext(automaton, whole.first, found));
  return [multiplied(all, looks), multiplied(once, looks)];
}

/** The steps after leaving a repetition from one of its states, for every possible exit. */
function stepsAfterExit(automaton, loop, state, found, beyond) {
  const inside = automaton.follow[state].filter((one) => one < loop.end);
  const outside = automaton.follow[state].filter((one) => one >= loop.end);
  const both = (one, other) => overlap(automaton.reads[one], automaton.reads[other]);
  for (const [place, one] of inside.entries())
    if (inside.slice(0, place).some((other) => both(one, other))) refuse("ambiguous");
  const on = stepsOfNext(automaton, outside, found);
  const leaving = outside.filter((one) => inside.some((other) => both(one, other)));
  if (leaving.length === 0) return on;
  if (loop.times !== null) return capped(on.map((count) => count * loop.times));
  const marks = joined(leaving.flatMap((one) => automaton.reads[one]));
  // What follows ends at the next possible exit: all exits together read the text once.
  if (!outside.some((one) => overlap(marks, beyond[one])))
    return [0, ...added(on, [0, on[0], 0, 0, 0]).slice(1)];
  return timesLength(on);
}

/** The characters that are read in these states and after them. */
function readsFrom(automaton, states, beyond) {
  return joined(states.flatMap((one) => [...automaton.reads[one], ...beyond[one]]));
}

/** The steps if these states may follow: at most the sum of those that read the same character. */
function stepsOfNext(automaton, states, found) {
  const edges = states.flatMap((one) =>
    automaton.reads[one].flatMap(([low, high]) => [
      [low, 1, one],
      [high + 1, 0, one],
    ]),
  );
  edges.sort((one, other) => one[0] - other[0] || one[1] - other[1] || one[2] - other[2]);
  const open = [];
  let most = NONE;
  for (const [, begins, one] of edges) {
    if (begins) {
      open.push(one);
      most = greatest([most, added(...open.map((state) => found[state]))]);
    } else {
      open.splice(open.indexOf(one), 1);
    }
  }
  return most;
}

const capped = (counts) => counts.map((count) => Math.min(count, LARGEST_STEPS));

const added = (...every) =>
  capped(NONE.map((_, power) => every.reduce((sum, one) => sum + one[power], 0)));

const greatest = (every) =>
  capped(NONE.map((_, power) => Math.max(0, ...every.map((one) => one[power]))));

const timesLength = ([a, b, c, d, e]) => capped([0, a, b, c, d + e]);

function multiplied(one, other) {
  let found = NONE;
  for (const times of other.toReversed())
    found = added(timesLength(found), capped(one.map((count) => count * times)));
  return found;
}
