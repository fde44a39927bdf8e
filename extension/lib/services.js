/** Creates the objects that background.js uses; called once each time the worker starts. */
import { ActivityMonitor } from "./activity-monitor.js";
import { api, getBrowserName } from "./browser.js";
import { loadCatalogue } from "./catalogue.js";
import { DaemonState } from "./daemon-state.js";
import { EventQueue } from "./event-queue.js";
import { InteractionRecorder } from "./interaction-recorder.js";
import { createMessageHandlers } from "./message-handlers.js";
import { NativePort } from "./native-port.js";
import { OwnFiles } from "./own-files.js";
import { PageReader } from "./page-reader.js";
import { Sender } from "./sender.js";
import { IDLE_SECONDS } from "./spans.js";

/** An alarm's shortest period is 30 s: two of them, half a period apart, give the 15 s heartbeat. */
const ALARMS = [
  { name: "beat", delayInMinutes: 0.5 },
  { name: "off-beat", delayInMinutes: 0.75 },
];

export async function createServices() {
  const { local, session } = api.storage;
  const [catalogue, state, source] = await Promise.all([
    loadCatalogue(),
    DaemonState.load(),
    loadSource(),
  ]);
  const queue = new EventQueue(local);
  const port = new NativePort();
  const getNetworks = () => grantedNetworks(catalogue.networks);
  const sender = new Sender({ queue, port, state, session, source, getNetworks });
  const monitor = new ActivityMonitor({ catalogue, queue, sender, state, session });
  const recorder = new InteractionRecorder({ catalogue, queue, sender, state, session });
  const ownFiles = new OwnFiles({ catalogue, sender, session });
  const pageReader = new PageReader({ catalogue, sender, state, monitor, local });
  const services = { catalogue, queue, sender, state, monitor, ownFiles, source };
  api.idle.setDetectionInterval(IDLE_SECONDS);
  await createAlarms();
  return { ...services, recorder, pageReader, handlers: createMessageHandlers(services) };
}

/** The `source` of all events. `profile` is a random name: it tells profiles of a browser apart. */
async function loadSource() {
  const stored = await api.storage.local.get("profile");
  const profile = stored.profile ?? crypto.randomUUID();
  if (!stored.profile) await api.storage.local.set({ profile });
  const { version } = api.runtime.getManifest();
  return { browser: await getBrowserName(), profile, extension: version };
}

/** The ids of the networks of which the user lets the extension see at least one host. */
async function grantedNetworks(networks) {
  const isGranted = (host) => api.permissions.contains({ origins: [`https://${host}/*`] });
  const granted = await Promise.all(
    networks.map(async ({ hosts }) => (await Promise.all(hosts.map(isGranted))).includes(true)),
  );
  return networks.filter((_, index) => granted[index]).map(({ id }) => id);
}

async function createAlarms() {
  for (const { name, delayInMinutes } of ALARMS) {
    if (!(await api.alarms.get(name))) {
      await api.alarms.create(name, { delayInMinutes, periodInMinutes: 0.5 });
    }
  }
}
