"""Small real files for the sample's evidence: PDF papers and PNG pictures, made from nothing."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw

PAPERS: Final[dict[str, tuple[str, str]]] = {
    "requirement": ("客户需求文档", "Customer requirement"),
    "spec": ("盖章需求书", "Stamped requirement"),
    "test_report": ("样品测试报告", "Sample test report"),
    "feasible_mail": ("方案可行确认邮件", "Mail: the plan is feasible"),
    "license": ("营业执照", "Business licence"),
    "authorization": ("授权书", "Authorization"),
    "agreement": ("技术协议", "Technical agreement"),
    "scan": ("盖章合同扫描件", "Signed contract"),
    "licence": ("营业执照", "Business licence"),
}
PICTURES: Final[dict[str, tuple[str, tuple[int, int, int]]]] = {
    "demo_shot": ("演示截图", (38, 84, 124)),
    "plan_read": ("方案已阅截图", (47, 110, 79)),
    "read_receipt": ("客户确认接收", (120, 81, 34)),
    "photo": ("现场照片", (94, 94, 110)),
    "presence": ("到店照片", (70, 90, 120)),
    "before": ("整改前", (140, 70, 60)),
    "after": ("整改后", (60, 120, 80)),
}
VARIANTS: Final = 4
"""Different contents per kind: equal bytes are kept once."""


def contents() -> tuple[str, ...]:
    """The names of all contents: kind and variant, "spec:2"."""
    return tuple(f"{kind}:{n}" for kind in (*PAPERS, *PICTURES) for n in range(VARIANTS))


def file_name(content: str) -> str:
    kind, _, number = content.partition(":")
    label, ending = (PAPERS[kind][0], "pdf") if kind in PAPERS else (PICTURES[kind][0], "png")
    return f"{label}-{int(number) + 1}.{ending}"


@cache
def data(content: str) -> bytes:
    kind, _, number = content.partition(":")
    if kind in PAPERS:
        return _pdf((PAPERS[kind][1], f"No. {int(number) + 1}", "Yongrui Precision Hardware", "Sample company"))
    return _png(PICTURES[kind][1], int(number))


def _pdf(lines: tuple[str, ...]) -> bytes:
    """A one-page PDF with these lines of ASCII text."""
    shown = " T* ".join(f"({_escaped(line)}) Tj" for line in lines)
    stream = f"BT /F1 18 Tf 72 760 Td 28 TL {shown} ET".encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    )
    out = BytesIO(b"%PDF-1.4\n")
    out.seek(0, 2)
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table))
    return out.getvalue()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _png(color: tuple[int, int, int], variant: int) -> bytes:
    """A plain picture with a window or a part drawn on it."""
    picture = Image.new("RGB", (320, 200), color)
    draw = ImageDraw.Draw(picture)
    light = tuple(min(255, part + 90) for part in color)
    draw.rectangle((20, 20, 300, 50), fill=light)
    for row in range(4):
        draw.rectangle((20, 65 + row * 30, 120 + (row + variant) % 4 * 45, 83 + row * 30), outline=light, width=2)
    draw.ellipse((230 - variant * 8, 110, 290 - variant * 8, 170), outline=light, width=4)
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
