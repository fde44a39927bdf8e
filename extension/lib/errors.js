/** PURE. Maps an error's code to the key of the text that tells the user what to do. */
const TEXT_KEYS = {
  host_missing: "error_host_missing",
  host_forbidden: "error_host_forbidden",
  host_gone: "error_host_gone",
  host_silent: "error_host_silent",
  daemon_unreachable: "error_daemon_unreachable",
};

export function errorTextKey(code) {
  return TEXT_KEYS[code] ?? "error_other";
}
