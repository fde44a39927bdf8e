"""The child process that shows one notice.

It reads `{"title", "body"}` from standard input and exits with 0 if the notice was shown.
"""

import json
import os
import sys
import tempfile
import warnings


def main() -> int:
    notice = json.load(sys.stdin)
    # plyer warns that the dbus module is missing, but notify-send is enough.
    warnings.simplefilter("ignore")
    from plyer import notification

    # plyer ignores notify-send's exit code, so look at what it writes to standard error.
    with tempfile.TemporaryFile() as errors:
        standard_error = os.dup(2)
        os.dup2(errors.fileno(), 2)
        try:
            notification.notify(
                title=notice["title"], message=notice["body"], app_name="plnd", timeout=10
            )
            failure = ""
        except NotImplementedError:
            failure = "no notification service found: install notify-send (libnotify-bin)"
        except Exception as error:
            failure = f"{type(error).__name__}: {error}"
        finally:
            os.dup2(standard_error, 2)
        errors.seek(0)
        failure = failure or errors.read().decode(errors="replace").strip()
    if failure:
        print(failure.splitlines()[-1], file=sys.stderr)
    return 1 if failure else 0


if __name__ == "__main__":
    sys.exit(main())
