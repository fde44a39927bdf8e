import { useState } from "preact/hooks";
import { postForget, type ToForget } from "../api/own-data.ts";
import { getPeople } from "../api/people.ts";
import { useDoing, useResource } from "../hooks/use-query.ts";
import { Card } from "../parts/card.tsx";
import { Field } from "../parts/field.tsx";
import { Forgettable } from "../parts/forget-with-undo.tsx";
import { entered } from "../parts/form.tsx";
import { Done } from "../parts/mutation-status.tsx";
import { NetworkSelect } from "../parts/network-select.tsx";
import { wireDay } from "../words/format.ts";
import { t } from "../words/text.ts";

const HOUR = 3_600_000;

type Plan = (what: ToForget) => unknown;

/** Forget something: what it would be is said first, and for ten seconds it can be called off. */
export function Forgetting() {
  const doing = useDoing();
  const [held, setHeld] = useState<string[]>([]);
  const forget = async (what: ToForget) => setHeld((await postForget(what, false)).unfinished);
  const says = held.length ? t("forgotten_unfinished", { files: held.join(", ") }) : t("forgotten");
  return (
    <Card title={t("forget_title")} lead={t("forget_lead")}>
      <Forgettable act={(what) => doing.run(() => forget(what))}>
        {(plan) => (
          <>
            <Choices plan={plan} />
            <Somebody plan={plan} />
            <Done of={doing} says={says} />
          </>
        )}
      </Forgettable>
    </Card>
  );
}

function Choices({ plan }: { plan: Plan }) {
  return (
    <>
      <div class="choices">
        <button type="button" onClick={() => plan({ start: Date.now() - HOUR, end: Date.now() })}>
          {t("forget_hour")}
        </button>
        <button type="button" onClick={() => plan({ everything: true })}>
          {t("forget_everything")}
        </button>
      </div>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          const [day, network] = [entered(form, "day"), entered(form, "network")];
          if (day || network) plan({ ...(day ? { day } : {}), ...(network ? { network } : {}) });
        }}
      >
        <div class="pair">
          <Field label={t("day")}>
            {(of) => <input {...of} type="date" name="day" max={wireDay(new Date())} />}
          </Field>
          <Field label={t("network")}>
            {(of) => <NetworkSelect {...of} name="network" none="" />}
          </Field>
        </div>
        <div class="actions">
          <button type="submit">{t("forget_these")}</button>
        </div>
      </form>
    </>
  );
}

function Somebody({ plan }: { plan: Plan }) {
  const people = useResource(getPeople).value?.people ?? [];
  if (people.length === 0) return null;
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        const person = entered(new FormData(event.currentTarget), "person");
        if (person) plan({ person });
      }}
    >
      <Field label={t("forget_whom")}>
        {(of) => (
          <select {...of} name="person" required>
            <option value="" />
            {people.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <div class="actions">
        <button type="submit">{t("forget_them")}</button>
      </div>
    </form>
  );
}
