"""The catalogue: its files, and that Python and the extension recognise the same."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from support import ROOT

from plnd.catalogue import recognise, rules
from plnd.catalogue.bodies import Body, body_matches
from plnd.catalogue.examples import check_network
from plnd.catalogue.own_files import effective
from plnd.catalogue.patterns import pattern
from plnd.catalogue.recognise import explain, network_of
from plnd.catalogue.rules import BodyTest
from plnd.catalogue.shipped import load, load_from
from plnd.errors import PlndError
from plnd.system.resources import extension_dir, host_dir

FOLDER = extension_dir() / "catalogue"
FILES: dict[str, Any] = {
    name: json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    for name in json.loads((FOLDER / "index.json").read_text())
}
EXAMPLES = [(name, example) for name, file in FILES.items() for example in file["examples"]]
PAGES = [(name, example) for name, example in EXAMPLES if "url" in example]
REQUESTS = [(name, example) for name, example in EXAMPLES if "request" in example]
DRIVER = ROOT / "tests" / "extension" / "parity.mjs"


def text_of(body: object) -> str | None:
    """An example's body as JSON text."""
    return None if body is None else json.dumps(body)


# ---- the files


def test_what_follows_from_the_files_is_up_to_date() -> None:
    """Index, hosts in the manifest and hosts of GETs are as scripts/catalogue writes them."""
    script = ROOT / "scripts" / "catalogue"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_index_lists_the_files() -> None:
    """Neither a file without an entry nor an entry without a file."""
    assert sorted(FILES) == sorted(
        path.stem for path in FOLDER.glob("*.json") if path.stem != "index"
    )
    assert list(load()) == list(FILES)


def test_the_folders_of_the_resources_are_there() -> None:
    """Both are found from a working copy."""
    assert (extension_dir() / "catalogue" / "index.json").is_file()
    assert (host_dir() / "plnd_host.py").is_file()


@pytest.mark.parametrize("name", FILES)
def test_every_pattern_compiles_and_has_its_groups(name: str) -> None:
    """A rule's group numbers exist in its pattern."""
    network = load()[name]
    for rule in network.pages:
        groups = pattern(rule.path).groups
        assert max(rule.handle or 0, rule.tag or 0) <= groups, rule
    for interaction in network.interactions:
        assert pattern(interaction.url)
        if interaction.body and interaction.body.test == "matches":
            assert pattern(str(interaction.body.value))
    assert check_network(FOLDER / f"{name}.json", FILES[name]) == network


@pytest.mark.parametrize(("name", "example"), PAGES)
def test_page_examples(name: str, example: dict[str, Any]) -> None:
    """Every example of every file is recognised as the file says."""
    found = explain(example["url"])
    assert found["page"] == example["page"]
    assert found["network"] == (name if example["page"] else None)
    assert found["action"] is None
    for key in {"handle", "tag"} & example.keys():
        assert found[key] == example[key]


@pytest.mark.parametrize(("name", "example"), REQUESTS)
def test_request_examples(name: str, example: dict[str, Any]) -> None:
    """Every example request is recognised as the file says, by a rule of that file."""
    found = explain(example["request"], example["method"], text_of(example.get("body")))
    assert found["action"] == example["action"]
    assert found["network"] == name
    assert (found["page"], found["handle"], found["tag"]) == (None, None, None)


@pytest.mark.parametrize("name", FILES)
def test_rules_are_named_by_a_pointer_into_their_file(name: str) -> None:
    """`x#/pages/3` is the pointer to the rule."""
    for file, example in EXAMPLES:
        if file != name:
            continue
        if "url" in example:
            found = explain(example["url"])
        else:
            found = explain(example["request"], example["method"], text_of(example.get("body")))
        if found["rule"] is None:
            continue
        network, _, pointer = found["rule"].partition("#/")
        kind, _, index = pointer.partition("/")
        rule = FILES[network][kind][int(index)]
        assert rule.get("page") == found["page"]
        assert rule.get("action") == found["action"]


# ---- the semantics


def test_hosts_are_exact_or_a_domain_with_all_below_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """`*.linkedin.com` matches uk.linkedin.com, and no host that only has the same ending."""
    assert [found.id if found else None for found in map(network_of, ("x.com", "X.COM"))] == [
        "x"
    ] * 2
    assert network_of("uk.linkedin.com") is load()["linkedin"]
    for stranger in ("notx.com", "x.com.example.org", "evillinkedin.com", "", "com"):
        assert network_of(stranger) is None


def test_reserved_words_are_no_handles() -> None:
    """A rule whose handle is reserved is skipped, in any case."""
    assert explain("https://x.com/nasa")["handle"] == "nasa"
    assert explain("https://x.com/Jobs")["handle"] is None
    assert explain("https://x.com/jobs")["page"] == "other"


def test_handles_and_tags_are_decoded() -> None:
    """Percent-encoded names are decoded."""
    assert explain("https://x.com/hashtag/caf%C3%A9")["tag"] == "café"
    assert explain("https://x.com/hashtag/café")["tag"] == "café"
    assert explain("https://x.com/hashtag/%FF")["tag"] == "\ufffd"
    assert explain("https://x.com/hashtag/" + "a" * 257)["tag"] is None


@pytest.mark.parametrize(
    "url",
    ["", "x", "about:blank", "ftp://x.com/nasa", "https://", "https://[x.com/", "file:///x.com"],
)
def test_nothing_is_made_of_what_is_no_web_address(url: str) -> None:
    """Every value is null."""
    assert explain(url) == dict.fromkeys(["network", "page", "handle", "tag", "action", "rule"])


def test_an_address_without_a_scheme_is_taken_for_https() -> None:
    """As people type it."""
    assert explain("x.com/nasa") == explain("https://x.com/nasa")
    assert explain("x.com:443/nasa") == explain("https://x.com:443/nasa")


def test_a_handle_may_stand_in_the_host() -> None:
    """As in somebody.tumblr.com, but not for a host that is the network's own."""
    assert explain("https://staff.tumblr.com/")["handle"] == "staff"
    assert explain("https://staff.tumblr.com/")["page"] == "profile"
    assert explain("https://example.substack.com/p/some-title")["handle"] == "example"
    for url in ("https://www.tumblr.com/", "https://tumblr.com/", "https://help.tumblr.com/"):
        assert (explain(url)["network"], explain(url)["handle"]) == ("tumblr", None)


def test_a_get_is_a_page_unless_a_rule_takes_it_for_an_act() -> None:
    """Hacker News votes by plain links."""
    assert explain("https://news.ycombinator.com/item?id=1")["page"] == "post"
    assert explain("https://news.ycombinator.com/vote?id=1&how=up")["action"] == "react"
    assert explain("https://news.ycombinator.com/vote?id=1&how=un")["action"] == "undo"


def test_every_undo_says_what_it_takes_back() -> None:
    """Some kind of act that its own network has a rule for."""
    for network in load().values():
        acts = {rule.action for rule in network.interactions}
        for index, rule in enumerate(network.interactions):
            assert set(rule.of) & acts or rule.action != "undo", (network.id, index)


def test_counts_that_may_be_too_high_are_known() -> None:
    """All acts of a network with `refused_as_200`; else those of low certainty."""
    assert rules.unsure_acts(load()["mastodon"]) == set()
    assert "post" in rules.unsure_acts(load()["x"])
    assert rules.unsure_acts(load()["substack"]) == {
        rule["action"] for rule in FILES["substack"]["interactions"] if rule["certainty"] == "low"
    }


def test_a_method_or_a_body_asks_for_the_request() -> None:
    """GET without a body is a page, everything else a request."""
    url = "https://x.com/i/api/graphql/abc/CreateTweet"
    assert explain(url)["page"] == "other"
    assert explain(url, "post")["action"] == "post"
    assert explain(url, "GET", "{}")["action"] is None
    assert explain("https://x.com/nasa", "POST")["network"] is None


def test_a_write_host_is_needed() -> None:
    """The same path on another host does not match."""
    url = "https://{}/api/v1/statuses"
    assert explain(url.format("mastodon.social"), "POST")["action"] == "post"
    assert explain(url.format("example.org"), "POST")["action"] is None


BODIES: list[tuple[dict[str, Any], Body | None, bool]] = [
    ({"type": "json", "path": "a", "test": "exists"}, Body('{"a":0}'), True),
    ({"type": "json", "path": "a", "test": "exists"}, Body('{"a":null}'), False),
    ({"type": "json", "path": "a", "test": "exists"}, Body("a=1"), False),
    ({"type": "json", "path": "a", "test": "exists"}, Body(None, {"a": "1"}), False),
    ({"type": "json", "path": "a", "test": "exists"}, None, False),
    ({"type": "json", "path": "a", "test": "absent"}, Body('{"a":null}'), True),
    ({"type": "json", "path": "a", "test": "absent"}, Body("{}"), True),
    ({"type": "json", "path": "a", "test": "absent"}, Body("not json"), False),
    ({"type": "json", "path": "a", "test": "absent"}, None, False),
    ({"type": "json", "path": "a.b", "test": "absent"}, Body('{"a":"b"}'), True),
    ({"type": "json", "path": "a.1.b", "test": "exists"}, Body('{"a":[0,{"b":1}]}'), True),
    ({"type": "json", "path": "a.2", "test": "exists"}, Body('{"a":[0,1]}'), False),
    ({"type": "json", "path": "a", "test": "equals", "value": True}, Body('{"a":true}'), True),
    ({"type": "json", "path": "a", "test": "equals", "value": True}, Body('{"a":1}'), False),
    ({"type": "json", "path": "a", "test": "equals", "value": 1}, Body('{"a":1.0}'), True),
    ({"type": "json", "path": "a", "test": "equals", "value": 1}, Body('{"a":"1"}'), False),
    ({"type": "json", "path": "a", "test": "equals", "value": None}, Body('{"a":null}'), True),
    ({"type": "json", "path": "a", "test": "equals", "value": None}, Body("{}"), False),
    ({"type": "json", "path": "a", "test": "equals", "value": [1, {}]}, Body('{"a":[1,{}]}'), True),
    ({"type": "json", "path": "a", "test": "equals", "value": [True]}, Body('{"a":[1]}'), False),
    ({"type": "json", "path": "a", "test": "matches", "value": "^true$"}, Body('{"a":true}'), True),
    ({"type": "json", "path": "a", "test": "matches", "value": "^1$"}, Body('{"a":1.0}'), True),
    (
        {"type": "json", "path": "a", "test": "matches", "value": '^\\{"b":\\[1,2\\]\\}$'},
        Body('{"a": {"b": [1, 2]}}'),
        True,
    ),
    ({"type": "json", "path": "a", "test": "matches", "value": "null"}, Body('{"a":null}'), False),
    ({"type": "json", "path": "a", "test": "matches", "value": "^x$"}, Body('{"a":"x\\n"}'), False),
    ({"type": "json", "path": "a", "test": "matches", "value": "[$]"}, Body('{"a":"$"}'), True),
    ({"type": "json", "path": "a", "test": "matches", "value": "\\$$"}, Body('{"a":"5$"}'), True),
    ({"type": "json", "path": "a", "test": "matches", "value": "^\\d$"}, Body('{"a":"٣"}'), False),
    ({"type": "json", "path": "a", "test": "exists"}, Body('{"a":NaN}'), False),
    ({"type": "json", "test": "matches", "value": "^\\{ "}, Body('{ "a":1}'), True),
    ({"type": "form", "path": "a", "test": "equals", "value": "1 2"}, Body("a=1+2&a=3"), True),
    ({"type": "form", "path": "a", "test": "equals", "value": ""}, Body("b=1&a="), True),
    ({"type": "form", "path": "a", "test": "exists"}, Body("?a=1"), True),
    ({"type": "form", "path": "a", "test": "equals", "value": "1"}, Body(None, {"a": "1"}), True),
    ({"type": "form", "test": "matches", "value": "^a=%26&b=\\+$"},
     Body(None, {"a": "&", "b": " "}), True),
    ({"type": "any", "path": "a", "test": "equals", "value": "1"}, Body("a=1"), True),
    ({"type": "any", "path": "a", "test": "equals", "value": 1}, Body('{"a":1}'), True),
    ({"type": "any", "test": "matches", "value": "^raw$"}, Body("raw"), True),
]  # fmt: skip


def test_a_bodys_test_means_the_same_in_both_languages(tmp_path: Path) -> None:
    """Each test of each body type, in Python and JavaScript."""
    lines = [
        {"test": test, "body": None if body is None else body_to_js(body)}
        for test, body, _ in BODIES
    ]
    recogniser = json.dumps((extension_dir() / "lib" / "recognise.js").as_uri())
    script = tmp_path / "bodies.mjs"
    script.write_text(
        f"import {{ makeCatalogue }} from {recogniser};\n"
        f"const lines = {json.dumps(lines)};\n"
        "const rule = (body) => [{ action: 'post', method: 'POST', url: '.', body }];\n"
        "const file = (test) => ({ id: 'a', hosts: [], reserved: [], pages: [],\n"
        "  write_hosts: ['a.org'], interactions: rule(test) });\n"
        "console.log(JSON.stringify(lines.map(({ test, body }) =>\n"
        "  makeCatalogue([file(test)])\n"
        "    .recogniseRequest('POST', 'https://a.org/', body) !== null)));\n"
    )
    done = subprocess.run(["node", script], capture_output=True, text=True, check=True, timeout=60)
    in_js = json.loads(done.stdout)
    for (test, body, wanted), js in zip(BODIES, in_js, strict=True):
        rule = BodyTest(test["type"], test.get("path"), test["test"], test.get("value"))
        in_python = body is not None and body_matches(rule, body)
        assert (in_python, js) == (wanted, wanted), (test, body)


def body_to_js(body: Body) -> dict[str, Any]:
    """The body in the form that the extension's recogniser gets."""
    return {"text": body.text} if body.form is None else {"form": body.form}


# ---- parity over addresses


def ask_js(questions: list[dict[str, Any]], driver: Path = DRIVER) -> list[Any]:
    """The answer of the extension's recogniser."""
    sent = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run(
        ["node", driver], input=sent, capture_output=True, text=True, check=True, timeout=120
    )
    return [json.loads(line) for line in done.stdout.split("\n") if line]


def ask_python(question: dict[str, Any]) -> dict[str, Any] | None:
    """The answer of plnd."""
    if "url" in question:
        found = recognise.recognise_page(question["url"])
    else:
        sent = question["body"]
        body = None if sent is None else Body(sent.get("text"), sent.get("form"))
        found = recognise.recognise_request(question["method"], question["request"], body)
    return None if found is None else {**found._asdict(), "of": list(found.of)}


VARIANTS: list[Callable[[str], str]] = [
    lambda url: url,
    lambda url: url + "?",
    lambda url: url + "?a=b&c=%23d",
    lambda url: url + "&q=%23edchat",
    lambda url: url + "#part?x",
    lambda url: url + "/",
    lambda url: url + "//",
    lambda url: url + "/more/of/it",
    lambda url: url + "/..",
    lambda url: url + "/%2E%2e/./x",
    lambda url: url + "/ä b\"c'd{e}`f^g|h\\i<j>",
    lambda url: url + "?ä b\"c'd{e}`f^g|h\\i<j>",
    lambda url: url + "%C3%A9%zz%FF%",
    lambda url: url + "\n",
    lambda url: f"  {url}\t",
    lambda url: url.upper(),
    lambda url: url.replace("https://", "http://"),
    lambda url: url.replace("https://", "HTTPS:\\\\"),
    lambda url: url.replace("https://", "https://me:secret@"),
    lambda url: url.replace("https://", "https://www."),
    lambda url: url.replace(".com", ".com:8443").replace(".social", ".social:443"),
    lambda url: url.replace("https://", "https://x.com/?u=https://"),
    lambda url: url.replace("https://", "ftp://"),
    lambda url: url.replace("/", "/%68", 3),
    lambda url: url[:-1],
    lambda url: url[:-3],
]


def compare(questions: list[dict[str, Any]]) -> None:
    """Python and JavaScript give the same answers."""
    answers = ask_js(questions)
    assert len(answers) == len(questions)
    for question, in_js in zip(questions, answers, strict=True):
        assert ask_python(question) == in_js, question


def test_both_languages_recognise_the_same_pages() -> None:
    """Every example's address, and variations of it."""
    urls = [example["url"] for _, example in PAGES]
    compare([{"url": variant(url)} for url in urls for variant in VARIANTS])


def test_both_languages_recognise_the_same_requests() -> None:
    """Every example's request with its body as text, as form fields, unreadable and damaged."""
    questions = []
    for _, example in REQUESTS:
        given_body = example.get("body") or {}
        named = given_body.items() if isinstance(given_body, dict) else ()
        fields = {name: one if isinstance(one, str) else json.dumps(one) for name, one in named}
        bodies: list[dict[str, Any] | None] = [
            None,
            {"text": json.dumps(given_body)},
            {"text": json.dumps(given_body)[:-1]},
            {"text": ""},
            {"form": fields},
            {"text": "&".join(f"{name}={one}" for name, one in fields.items())},
        ]
        for body in bodies:
            for method in (example["method"], "GET", "PUT"):
                questions.append({"method": method, "request": example["request"], "body": body})
        for variant in VARIANTS:
            request = variant(example["request"])
            questions.append({"method": example["method"], "request": request, "body": bodies[1]})
    compare(questions)


SEGMENTS = st.sampled_from(
    sorted(
        {part for _, example in PAGES for part in example["url"].split("/")[3:]} | {"", "..", "%"}
    )
)
HOSTS = st.sampled_from(
    sorted({host.replace("*", "sub") for file in FILES.values() for host in file["hosts"]})
)


# Each example asks another process, so a failure is shown as it was found and not made smaller.
@settings(max_examples=5, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    st.lists(st.tuples(HOSTS, st.lists(SEGMENTS | st.text(max_size=5), max_size=4)), min_size=200)
)
def test_both_languages_agree_on_made_up_addresses(made: list[tuple[str, list[str]]]) -> None:
    """Paths of pieces of the examples and of any text."""
    compare([{"url": f"https://{host}/" + "/".join(parts)} for host, parts in made])


# ---- files that are not as they must be

X = FILES["x"]
UNDO = next(index for index, rule in enumerate(X["interactions"]) if rule["action"] == "undo")
Change = Callable[[dict[str, Any]], object]

CHANGES: list[tuple[Change, str]] = [
    (lambda file: file.pop("name"), "/name"),
    (lambda file: file.update(names="X"), "/names"),
    (lambda file: file.update(id="y"), "/id"),
    (lambda file: file.update(group="other"), "/group"),
    (lambda file: file.pop("reason"), "/reason"),
    (lambda file: file.update(reason="minutes"), "/reason"),
    (lambda file: file["reason"].pop("de"), "/reason/de"),
    (lambda file: file["reason"].update(fr="Pour"), "/reason/fr"),
    (lambda file: file.update(note=""), "/note"),
    (lambda file: file.update(hosts="x.com"), "/hosts"),
    (lambda file: file.update(hosts=[]), "/hosts"),
    (lambda file: file.update(hosts=["*"]), "/hosts"),
    (lambda file: file.update(hosts=["*.com"]), "/hosts"),
    (lambda file: file.update(hosts=["x.com/"]), "/hosts"),
    (lambda file: file.update(write_hosts=["X.com\n"]), "/write_hosts"),
    (lambda file: file.update(profile_url=None), "/profile_url"),
    (lambda file: file.update(reserved=[1]), "/reserved"),
    (lambda file: file.update(handle_from_host="x"), "/handle_from_host"),
    (lambda file: file.update(own_hosts={}), "/own_hosts"),
    (lambda file: file.update(own_hosts=[{"path": "x"}]), "/own_hosts/0/path"),
    (lambda file: file.update(own_hosts=[{"path": "/"}]), "/own_hosts/0/test"),
    (lambda file: file.update(refused_as_200="yes"), "/refused_as_200"),
    (lambda file: file.update(pages={}), "/pages"),
    (lambda file: file["pages"].append("x"), f"/pages/{len(X['pages'])}"),
    (lambda file: file["pages"][2].update(page="home"), "/pages/2/page"),
    (lambda file: file["pages"][2].update(kind="post"), "/pages/2/kind"),
    (lambda file: file["pages"][2].pop("path"), "/pages/2/path"),
    (lambda file: file["pages"][2].update(path="("), "/pages/2/path"),
    (lambda file: file["pages"][2].update(path="(?<name>a)", handle=None), "/pages/2/path"),
    (lambda file: file["pages"][2].update(path="(?<=a)b", handle=None), "/pages/2/path"),
    (lambda file: file["pages"][2].update(path="(?i)b", handle=None), "/pages/2/path"),
    (lambda file: file["pages"][2].update(path="b\\Z", handle=None), "/pages/2/path"),
    (lambda file: file["pages"][2].update(path="[a]++", handle=None), "/pages/2/path"),
    (lambda file: file["pages"][2].update(path="(a+)+$"), "/pages/2/path"),
    (lambda file: file["pages"][2].update(host="(a?){50}"), "/pages/2/host"),
    (lambda file: file["interactions"][0].update(url="^(a|a)*$"), "/interactions/0/url"),
    (lambda file: file.update(handle_from_host="(.*)*"), "/handle_from_host"),
    (lambda file: file["pages"][2].update(handle=0), "/pages/2/handle"),
    (lambda file: file["pages"][2].update(handle=2), "/pages/2/path"),
    (lambda file: file["pages"][2].update(handle=True), "/pages/2/handle"),
    (lambda file: file["pages"][2].update(tag="1"), "/pages/2/tag"),
    (lambda file: file["pages"][2].update(host="["), "/pages/2/host"),
    (lambda file: file["interactions"][0].pop("action"), "/interactions/0/action"),
    (lambda file: file["interactions"][0].update(action="like"), "/interactions/0/action"),
    (lambda file: file["interactions"][0].update(of=["post"]), "/interactions/0/of"),
    (lambda file: file["interactions"][UNDO].pop("of"), f"/interactions/{UNDO}/of"),
    (lambda file: file["interactions"][UNDO].update(of=["undo"]), f"/interactions/{UNDO}/of"),
    (lambda file: file["interactions"][0].update(method="post"), "/interactions/0/method"),
    (lambda file: file["interactions"][0].update(url="*"), "/interactions/0/url"),
    (lambda file: file["interactions"][0].update(certainty="so so"), "/interactions/0/certainty"),
    (lambda file: file["interactions"][0].pop("certainty"), "/interactions/0/certainty"),
    (lambda file: file["interactions"][0].update(as_of=2026), "/interactions/0/as_of"),
    (lambda file: file["interactions"][0]["body"].update(test="is"), "/interactions/0/body/test"),
    (lambda file: file["interactions"][0]["body"].update(type="xml"), "/interactions/0/body/type"),
    (lambda file: file["interactions"][0]["body"].update(where="a"), "/interactions/0/body/where"),
    (
        lambda file: file["interactions"][0]["body"].update(test="matches", value="("),
        "/interactions/0/body/value",
    ),
    (lambda file: file["interactions"][0].update(body=[]), "/interactions/0/body"),
    (lambda file: file["interactions"][0].update(once=1), "/interactions/0/once"),
    (lambda file: file.update(examples="none"), "/examples"),
    (lambda file: file.update(examples=[{"page": "feed"}]), "/examples/0/request"),
    (lambda file: file.update(examples=[{"url": 1}]), "/examples/0/url"),
    (lambda file: file["examples"][0].update(page="group"), "/examples/0/page"),
    (lambda file: file["examples"][1].update(handle="nobody"), "/examples/1/handle"),
]


def changed(change: Change) -> dict[str, Any]:
    """The file of X with something changed."""
    file: dict[str, Any] = json.loads(json.dumps(X))
    change(file)
    return file


@pytest.mark.parametrize(
    ("change", "field"), CHANGES, ids=[f"{i}{c[1]}" for i, c in enumerate(CHANGES)]
)
def test_what_is_wrong_is_named_with_file_and_field(change: Change, field: str) -> None:
    """The message helps its author to find the fault."""
    with pytest.raises(PlndError) as caught:
        check_network(Path("x.json"), changed(change))
    assert caught.value.field == field
    assert caught.value.message.startswith(f"x.json: {field} ")
    assert caught.value.hint


def test_both_languages_find_the_same_fault() -> None:
    """The extension checks files by the same rules."""
    files = [(changed(change), field) for change, field in CHANGES]
    whole: list[Any] = [None, [], "x", 7]
    questions = [{"file": file, "id": "x"} for file, _ in files]
    questions += [{"file": file, "id": "x"} for file in whole]
    questions += [{"file": file, "id": name} for name, file in FILES.items()]
    answers = ask_js(questions)
    assert answers == [*(field for _, field in files), *([""] * len(whole)), *([None] * len(FILES))]


def test_a_shipped_file_is_held_to_its_form(tmp_path: Path) -> None:
    """A damaged file is named with its path."""
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    (tmp_path / "x.json").write_text(json.dumps(changed(lambda file: file.pop("name"))))
    with pytest.raises(PlndError, match=r"x\.json: /name must be text"):
        load_from(tmp_path)


def test_a_file_that_is_missing_or_no_json_is_named(tmp_path: Path) -> None:
    """So are the index and a file that it lists."""
    with pytest.raises(PlndError, match=r"index\.json cannot be read"):
        load_from(tmp_path)
    (tmp_path / "index.json").write_text('{"x": 1}')
    with pytest.raises(PlndError, match=r"index\.json must be a list"):
        load_from(tmp_path)
    (tmp_path / "index.json").write_text('["x"]')
    with pytest.raises(PlndError, match=r"x\.json cannot be read"):
        load_from(tmp_path)
    (tmp_path / "x.json").write_text("{")
    with pytest.raises(PlndError, match=r"x\.json is not JSON"):
        load_from(tmp_path)


def test_a_broken_pattern_is_shown() -> None:
    """Patterns are compiled late; the error names the one that is broken."""
    with pytest.raises(PlndError, match=r"\(unclosed"):
        pattern("(unclosed")


# ---- a network from the handbook


def test_the_network_of_the_handbook_works(tmp_path: Path) -> None:
    """The file that docs/adding-a-network.md shows: both languages know the network."""
    root = ROOT
    handbook = (root / "docs" / "adding-a-network.md").read_text()
    (text,) = re.findall(r"```json\n(.*?)```", handbook, re.DOTALL)
    for part in ("extension", "scripts", "tests/extension"):
        shutil.copytree(root / part, tmp_path / part)
    folder = tmp_path / "extension" / "catalogue"
    (folder / "club.json").write_text(text)
    subprocess.run([sys.executable, tmp_path / "scripts" / "catalogue"], check=True, timeout=60)
    manifest = json.loads((tmp_path / "extension" / "manifest.json").read_text())
    assert "https://club.example.org/*" in manifest["optional_host_permissions"]
    networks = load_from(folder)
    file = json.loads(text)
    assert check_network(folder / "club.json", file) == networks["club"]
    questions: list[dict[str, Any]] = []
    wanted = []
    for example in file["examples"]:
        if "url" in example:
            found = recognise.recognise_page(example["url"], networks)
            questions.append({"url": example["url"]})
        else:
            body = Body(json.dumps(example.get("body")))
            found = recognise.recognise_request(
                example["method"], example["request"], body, networks
            )
            asked = {name: example[name] for name in ("method", "request")}
            questions.append({**asked, "body": {"text": body.text}})
        assert found
        assert {
            name: getattr(found, name)
            for name in example.keys() & {"page", "handle", "tag", "action"}
        }.items() <= example.items()
        wanted.append({**found._asdict(), "of": list(found.of)})
    assert len(wanted) >= 5
    assert ask_js(questions, tmp_path / "tests" / "extension" / "parity.mjs") == wanted


# ---- the user's own files


def test_own_files_take_the_place_of_shipped_ones_or_add_to_them(tmp_path: Path) -> None:
    """A broken file is named and skipped; the others are used."""
    pages = [{"page": "article", "path": "^/"}]
    mine = {**X, "name": "Mine", "pages": pages, "examples": []}
    (tmp_path / "x.json").write_text(json.dumps(mine))
    added = {**mine, "id": "club", "hosts": ["club.example.org"]}
    (tmp_path / "club.json").write_text(json.dumps(added))
    (tmp_path / "reddit.json").write_text(json.dumps({**FILES["reddit"], "hosts": []}))
    (tmp_path / "slack.json").write_text("{")
    (tmp_path / "github.json").write_text("[" * 200_000)
    (tmp_path / "quora.json").write_text(" " * 300_000)
    (tmp_path / "medium.json").mkdir()
    found = effective(tmp_path)
    assert set(found.own) == {"x", "club"}
    assert {name: error.field for name, error in found.faults.items()} == {
        "reddit": "/hosts",
        **dict.fromkeys(["slack", "github", "quora", "medium"], ""),
    }
    assert set(found.networks) == {*FILES, "club"}
    assert found.networks["reddit"] == load()["reddit"]
    assert explain("https://x.com/nasa", networks=found.networks)["page"] == "article"
    assert explain("https://club.example.org/", networks=found.networks)["network"] == "club"
    assert explain("https://x.com/nasa")["page"] == "profile"


def test_without_a_folder_the_shipped_networks_are_in_use(tmp_path: Path) -> None:
    """As for most people."""
    assert effective(tmp_path / "none").networks == load()
