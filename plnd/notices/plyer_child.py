"""The child that shows one notice: `{"title", "body"}` on standard input, exit 0 when shown."""

import json
import os
import sys
import tempfile
import warnings


def main() -> int:
    wanted = json.load(sys.stdin)
    # plyer warns about a missing dbus module although notify-send does as well.
    warnings.simplefilter("ignore")
    from plyer import notification

    # notify-send's exit code is swallowed by plyer; what it writes to standard error is not.
    with tempfile.TemporaryFile() as said:
        kept = os.dup(2)
        os.dup2(said.fileno(), 2)
        try:
            notification.notify(
                title=wanted["title"], message=wanted["body"], app_name="plnd", timeout=10
            )
            failure = ""
        except NotImplementedError:
            failure = "no notification service found: install notify-send (libnotify-bin)"
        except Exception as error:
            failure = f"{type(error).__name__}: {error}"
        finally:
            os.dup2(kept, 2)
        said.seek(0)
        failure = failure or said.read().decode(errors="replace").strip()
    if failure:
        print(failure.splitlines()[-1], file=sys.stderr)
    return 1 if failure else 0


if __name__ == "__main__":
    sys.exit(main())
