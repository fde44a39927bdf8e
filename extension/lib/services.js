/** Puts the parts together; done once in each life of the worker. */

import { Watch } from "./activity-monitor.js";
import { api, browserName } from "./browser.js";
import { loadCatalogue } from "./catalogue.js";
import { Known } from "./daemon-state.js";
import { Queue } from "./event-queue.js";
import { Acts } from "./interaction-recorder.js";
import { makeAnswers } from "./message-handlers.js";
import { Pipe } from "./native-port.js";
import { OwnFiles } from "./own-files.js";
import { PageReader } from "./page-reader.js";
import { Courier } from "./sender.js";
import { IDLE_SECONDS } from "./spans.js";

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
  const networks = () => pickedOf(catalogue.networks);
  const courier = new Courier({ queue, pipe: new Pipe(), known, session, source, networks });
  const watch = new Watch({ catalogue, queue, courier, known, session });
  const acts = new Acts({ catalogue, queue, courier, known, session });
  const ownFiles = new OwnFiles({ catalogue, courier, session });
  const reader = new PageReader({ catalogue, courier, known, watch, local });
  const answers = makeAnswers({ catalogue, queue, courier, known, watch, ownFiles, source });
  api.idle.setDetectionInterval(IDLE_SECONDS);
  await setAlarms();
  return { watch, acts, courier, answers, catalogue, ownFiles, reader };
}

/** Who sends: the profile is a random name, so that two profiles of one browser stay apart. */
async function findSource() {
  const stored = await api.storage.local.get("profile");
  const profile = stored.profile ?? crypto.randomUUID();
  if (!stored.profile) await api.storage.local.set({ profile });
  return { browser: await browserName(), profile, extension: api.runtime.getManifest().version };
}

/** The ids of the networks of which the user lets the extension see a host. */
async function pickedOf(networks) {
  const isSeen = (host) => api.permissions.contains({ origins: [`https://${host}/*`] });
  const seen = await Promise.all(
    networks.map(async ({ hosts }) => (await Promise.all(hosts.map(isSeen))).includes(true)),
  );
  return networks.filter((_, index) => seen[index]).map(({ id }) => id);
}

async function setAlarms() {
  for (const { name, delayInMinutes } of ALARMS) {
    if (!(await api.alarms.get(name))) {
      await api.alarms.create(name, { delayInMinutes, periodInMinutes: 0.5 });
    }
  }
}
