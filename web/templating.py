"""Templates, compiled once for each language.

What a template says in so many words is the same on every page: `{{ _('保存') }}` and `{{ icon('plus') }}` become part
of its text when it is compiled for a language, so a page asks only for what differs. Texts with values in them
(`_('共 {n} 条', n=count)`) are still filled in as the page is made.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from flask import Flask, current_app, render_template
from flask.templating import Environment
from jinja2 import meta, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape
from markupsafe import _escape_inner as escaped_text  # type: ignore[attr-defined]

from web.assets.manifest import asset, icon_names
from web.session import current_engine, current_language
from web.words import SOURCE_LANGUAGE, say_in

_SPOKEN = "sluice_templates"
OPENED_FIRST = ("home.html", "list.html", "record.html", "home_short.html", "form.html")
FALLBACK_ICON = "file-text"
SPRITE = "icons.svg"


def icon(name: str, more: str = "") -> Markup:
    """An icon of the sprite; one that the web does not ship becomes a sheet of paper."""
    return _drawn(name if name in icon_names() else FALLBACK_ICON, more, asset(SPRITE))


@lru_cache(1_000)
def _drawn(name: str, more: str, sprite: str) -> Markup:
    return Markup('<svg class="icon {}" aria-hidden="true"><use href="{}#i-{}"></use></svg>').format(more, sprite, name)


def rendered(template: str, **values: object) -> str:
    """The template in this request's language, with the names that all templates share."""
    return render_template(_environment(current_language()).get_template(template), **values)


@contextmanager
def compiled_ahead(site: Flask) -> Iterator[None]:
    """While it lasts, a thread compiles the templates of the pages that people open first; else the first would wait.

    It ends between two templates when the block does.
    """
    over = threading.Event()
    thread = threading.Thread(target=_compile_first, args=(site, over), name="templates", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _compile_first(site: Flask, over: threading.Event) -> None:
    with site.app_context():
        language = next(iter(current_engine().app.languages), SOURCE_LANGUAGE)
        environment, waiting, seen = _environment(language), list(OPENED_FIRST), set[str]()
        while waiting and not over.is_set():
            name = waiting.pop(0)
            if name not in seen:
                seen.add(name)
                waiting += _parts_of(environment, name)
                environment.get_template(name)


def _parts_of(environment: Environment, name: str) -> list[str]:
    """The templates that one extends, includes or imports."""
    assert environment.loader is not None  # noqa: S101 — Flask gives it one
    source, _, _ = environment.loader.get_source(environment, name)
    return [each for each in meta.find_referenced_templates(environment.parse(source)) if each is not None]


def _environment(language: str) -> Environment:
    """The site's templates in one language; others once the sprite has another address."""
    known: dict[tuple[str, str], Environment] = current_app.extensions.setdefault(_SPOKEN, {})
    key = language, asset(SPRITE)
    if key not in known:
        made = current_app.jinja_env.overlay()
        made.language = language  # type: ignore[attr-defined]
        known[key] = made
    return known[key]


def piece(value: object) -> str:
    """A value as it goes into html, escaped unless it is html itself.

    Jinja makes a Markup of each piece. They are only joined, and a page has a thousand.
    """
    if type(value) is str:
        return escaped_text(value)
    return value if type(value) is Markup else escape(value)


class SpokenEnvironment(Environment):
    """The site's environment; an overlay of it knows the language that it is compiled for."""

    language = ""

    piece = staticmethod(piece)


class _Speaking(CodeGenerator):
    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.piece(")
        else:
            super()._output_child_pre(node, frame, finalize)

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 — Jinja's name
        language = getattr(self.environment, "language", "")
        super().visit_Template(_WrittenOut(language).visit(node) if language else node, frame)


class _WrittenOut(NodeTransformer):
    """Calls whose answer is known while compiling, as their answer."""

    def __init__(self, language: str) -> None:
        self._language = language

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 — Jinja's name
        self.generic_visit(node)
        if not isinstance(node.node, nodes.Name) or node.kwargs or node.dyn_args or node.dyn_kwargs:
            return node
        given = [each.value for each in node.args if isinstance(each, nodes.Const)]
        if len(given) != len(node.args):
            return node
        if node.node.name == "_":
            return nodes.Const(say_in(self._language, *given), lineno=node.lineno)
        if node.node.name == "icon":
            return nodes.Const(icon(*given), lineno=node.lineno)
        return node


SpokenEnvironment.code_generator_class = _Speaking


def attach(site: Flask) -> None:
    """Before the site's environment is first used."""
    site.jinja_environment = SpokenEnvironment
    site.jinja_env.trim_blocks = site.jinja_env.lstrip_blocks = True
