"""Small files of each kind, made here."""

import io
import struct
import zipfile
import zlib

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PROGRAMME = b"MZ" + bytes(200)


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")) + chunk(b"IEND", b"")


def damaged() -> bytes:
    """A ZIP file that is one but cannot be unpacked."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    content, begin = bytearray(out.getvalue()), 30 + len("mimetype")
    content[begin : begin + 4] = b"\xff" * 4
    return bytes(content)


def misnamed() -> bytes:
    """A ZIP file with a name in it that is not in the charset that it says."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("合", "x")
    return out.getvalue().replace("合".encode(), b"\xff\xff\xff")


def office(folder: str = "word/", *more: str, words: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(f"{folder}document.xml", f"<w>{words}</w>")
        for name in more:
            archive.writestr(name, "x")
    return out.getvalue()
