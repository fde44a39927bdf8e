import type { Person } from "../api/people.ts";
import { linkTo } from "../hooks/use-route.ts";
import { ago } from "../words/format.ts";
import { isKey, t } from "../words/lookup.ts";
import { Chip } from "./chip.tsx";
import { useNetworkNames } from "./network-select.tsx";

/** A person in a list: name, handles, last touch, and how close the tie is. */
export function PersonRow({ person }: { person: Person }) {
  const nameOf = useNetworkNames();
  return (
    <li>
      <span>
        <a href={linkTo("people", person.id)}>
          <bdi>{person.name}</bdi>
        </a>{" "}
        <bdi class="soft">
          {person.handles
            .map(({ network, handle }) => `@${handle} (${nameOf(network)})`)
            .join(", ")}
        </bdi>
        <br />
        <span class="soft">{lastTouchText(person, nameOf)}</span>
      </span>
      <span class="actions">
        {person.gap && person.gap !== "fine" && (
          <Chip tone={person.gap === "late" ? "bad" : "middling"}>{t(`gap_${person.gap}`)}</Chip>
        )}
        <Chip tone="plain">{t(`tie_${person.tie}`)}</Chip>
      </span>
    </li>
  );
}

export function lastTouchText(
  { last_touch: touch, days_since: days }: Person,
  nameOf: (id: string) => string,
): string {
  if (!touch) return t("touch_none");
  const key = `touch_${touch.kind}`;
  const what = isKey(key) ? t(key) : touch.kind;
  return [ago(days, touch.at), what, touch.network && nameOf(touch.network)]
    .filter(Boolean)
    .join(" · ");
}
