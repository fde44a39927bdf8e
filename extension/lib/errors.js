/** From an error's code to the key of the text that tells a person what to do. */
const TEXTS = {
  host_missing: "error_host_missing",
  host_forbidden: "error_host_forbidden",
  host_gone: "error_host_gone",
  host_silent: "error_host_silent",
  daemon_unreachable: "error_daemon_unreachable",
};

export function textKeyOf(code) {
  return TEXTS[code] ?? "error_other";
}
