import { getPlan, type Plan, putPlan } from "../api/review.ts";
import { useDoing, useResource } from "../hooks/use-query.ts";
import { Card } from "../parts/card.tsx";
import { Chip } from "../parts/chip.tsx";
import { Done } from "../parts/mutation-status.tsx";
import { Resourceful } from "../parts/query-result.tsx";
import { counted, t } from "../words/text.ts";

const PARTS = ["add", "tend", "close"] as const;

/** What to add, tend and close in this quarter, beside the plan that was kept before. */
export function PlanCard() {
  const plan = useResource(getPlan);
  const doing = useDoing();
  return (
    <Card title={t("plan_title")} lead={t("plan_lead")}>
      <Resourceful of={plan}>{(answer) => <Shown {...answer} />}</Resourceful>
      <div class="actions">
        <button type="button" aria-disabled={doing.busy} onClick={() => doing.run(putPlan)}>
          {t("plan_keep")}
        </button>
        <Done of={doing} says={t("plan_kept")} />
      </div>
    </Card>
  );
}

function Shown({ plan, compared }: Plan) {
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
