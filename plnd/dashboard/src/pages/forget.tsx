import { useState } from "preact/hooks";
import { type ForgetScope, postForget } from "../api/own-data.ts";
import { getPeople } from "../api/people.ts";
import { useMutation } from "../hooks/use-mutation.ts";
import { useQuery } from "../hooks/use-query.ts";
import { Card } from "../parts/card.tsx";
import { Field } from "../parts/field.tsx";
import { ForgetWithUndo } from "../parts/forget-with-undo.tsx";
import { textOf } from "../parts/form-data.ts";
import { InputField } from "../parts/input-field.tsx";
import { MutationStatus } from "../parts/mutation-status.tsx";
import { NetworkSelect } from "../parts/network-select.tsx";
import { PersonSelect } from "../parts/person-select.tsx";
import { isoDay } from "../words/format.ts";
import { t } from "../words/lookup.ts";

const HOUR_MS = 3_600_000;

type RequestForget = (what: ForgetScope) => unknown;

/** Deletes recorded data by time, network or person, with a preview and time to undo. */
export function ForgetCard() {
  const mutation = useMutation();
  const [unfinished, setUnfinished] = useState<string[]>([]);
  const forget = async (what: ForgetScope) =>
    setUnfinished((await postForget(what, false)).unfinished);
  const says = unfinished.length
    ? t("forgotten_unfinished", { files: unfinished.join(", ") })
    : t("forgotten");
  return (
    <Card title={t("forget_title")} lead={t("forget_lead")}>
      <ForgetWithUndo onForget={(what) => mutation.run(() => forget(what))}>
        {(requestForget) => (
          <>
            <ForgetTimeOrNetwork requestForget={requestForget} />
            <ForgetPerson requestForget={requestForget} />
            <MutationStatus mutation={mutation} success={says} />
          </>
        )}
      </ForgetWithUndo>
    </Card>
  );
}

function ForgetTimeOrNetwork({ requestForget }: { requestForget: RequestForget }) {
  return (
    <>
      <div class="choices">
        <button
          type="button"
          onClick={() => requestForget({ start: Date.now() - HOUR_MS, end: Date.now() })}
        >
          {t("forget_hour")}
        </button>
        <button type="button" onClick={() => requestForget({ everything: true })}>
          {t("forget_everything")}
        </button>
      </div>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          const [day, network] = [textOf(form, "day"), textOf(form, "network")];
          if (day || network)
            requestForget({ ...(day ? { day } : {}), ...(network ? { network } : {}) });
        }}
      >
        <div class="pair">
          <InputField label={t("day")} type="date" name="day" max={isoDay(new Date())} />
          <Field label={t("network")}>
            {(props) => <NetworkSelect {...props} name="network" none="" />}
          </Field>
        </div>
        <div class="actions">
          <button type="submit">{t("forget_these")}</button>
        </div>
      </form>
    </>
  );
}

function ForgetPerson({ requestForget }: { requestForget: RequestForget }) {
  const people = useQuery(getPeople).data?.people ?? [];
  if (people.length === 0) return null;
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        const person = textOf(new FormData(event.currentTarget), "person");
        if (person) requestForget({ person });
      }}
    >
      <Field label={t("forget_whom")}>
        {(props) => <PersonSelect {...props} name="person" people={people} />}
      </Field>
      <div class="actions">
        <button type="submit">{t("forget_them")}</button>
      </div>
    </form>
  );
}
