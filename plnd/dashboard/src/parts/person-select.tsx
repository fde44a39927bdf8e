import type { JSX } from "preact";
import type { Person } from "../api/people.ts";

/** A required select of one person by name, empty at first; its value is the person's id. */
export function PersonSelect({
  people,
  ...rest
}: { people: Person[] } & JSX.IntrinsicElements["select"]) {
  return (
    <select {...rest} required>
      <option value="" />
      {people.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}
