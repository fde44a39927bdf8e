import { getPlan, type Plan, putPlan } from "../api/review.ts";
import { useMutation } from "../hooks/use-mutation.ts";
import { useQuery } from "../hooks/use-query.ts";
import { Card } from "../parts/card.tsx";
import { Chip } from "../parts/chip.tsx";
import { MutationStatus } from "../parts/mutation-status.tsx";
import { QueryResult } from "../parts/query-result.tsx";
import { counted, t } from "../words/lookup.ts";

const PARTS = ["add", "tend", "close"] as const;

/** What to add, tend and close this quarter, compared with the plan kept before. */
export function PlanCard() {
  const plan = useQuery(getPlan);
  const mutation = useMutation();
  return (
    <Card title={t("plan_title")} lead={t("plan_lead")}>
      <QueryResult query={plan}>{(answer) => <PlanSections {...answer} />}</QueryResult>
      <div class="actions">
        <button type="button" aria-disabled={mutation.busy} onClick={() => mutation.run(putPlan)}>
          {t("plan_keep")}
        </button>
        <MutationStatus mutation={mutation} success={t("plan_kept")} />
      </div>
    </Card>
  );
}

function PlanSections({ plan, compared }: Plan) {
  const parts = PARTS.filter((part) => plan[part].length > 0);
  const known = new Set(compared?.still);
  return (
    <>
      <p class="soft">
        {plan.quarter}
        {compared &&
          compared.gone.length > 0 &&
          ` · ${counted("plan_done", compared.gone.length, { since: compared.since })}`}
      </p>
      {parts.length === 0 && <p>{t("plan_nothing")}</p>}
      {parts.map((part) => (
        <section key={part}>
          <h3>{t(`plan_${part}`)}</h3>
          <ul class="rows">
            {plan[part].map(({ key, text, reason }) => (
              <li key={key}>
                <span>
                  <strong dir="auto">{text}</strong>
                  <br />
                  <span class="soft">{reason}</span>
                </span>
                {known.has(`${part}/${key}`) && <Chip tone="plain">{t("plan_still")}</Chip>}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}
