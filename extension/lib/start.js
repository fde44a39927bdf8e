/** Puts the parts together; done once in each life of the worker. */
import { Acts } from "./acts.js";
import { makeAnswers } from "./answers.js";
import { api, browserName } from "./browser.js";
import { loadCatalogue } from "./catalogue.js";
import { Courier } from "./courier.js";
import { Known } from "./known.js";
import { PageReader } from "./page-reader.js";
import { Pipe } from "./pipe.js";
import { Queue } from "./queue.js";
import { IDLE_SECONDS } from "./spans.js";
import { Watch } from "./watch.js";

/** An alarm comes every 30 s at most; two, half a period apart, make the beat of 15 s. */
const ALARMS = [
  { name: "beat", delayInMinutes: 0.5 },
  { name: "off-beat", delayInMinutes: 0.75 },
];

export async function start() {
  const { local, session } = api.storage;
  const [catalogue, known, source] = await Promise.all([
    loadCatalogue(),
    Known.load(),
    findSource(),
  ]);
  const queue = new Queue(local);
  const courier = new Courier({ queue, pipe: new Pipe(), known, session, source });
  const watch = new Watch({ catalogue, queue, courier, known, session });
  const acts = new Acts({ catalogue, queue, courier, known, session });
  const reader = new PageReader({ catalogue, courier, known, watch, local });
  const answers = makeAnswers({ catalogue, queue, courier, known, watch });
  api.idle.setDetectionInterval(IDLE_SECONDS);
  await setAlarms();
  return { watch, acts, courier, answers, reader };
}

/** Who sends: the profile is a random name, so that two profiles of one browser stay apart. */
async function findSource() {
  const stored = await api.storage.local.get("profile");
  const profile = stored.profile ?? crypto.randomUUID();
  if (!stored.profile) await api.storage.local.set({ profile });
  return { browser: browserName(), profile, extension: api.runtime.getManifest().version };
}

async function setAlarms() {
  for (const { name, delayInMinutes } of ALARMS) {
    if (!(await api.alarms.get(name))) {
      await api.alarms.create(name, { delayInMinutes, periodInMinutes: 0.5 });
    }
  }
}
