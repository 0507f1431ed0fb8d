#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Why did this mail come back?  python3 explain.py bounce.eml"""
import ctypes
import json
import sys


class String(ctypes.Structure):
    _fields_ = [("text", ctypes.c_void_p), ("length", ctypes.c_size_t)]

    def __str__(self):
        return ctypes.string_at(self.text, self.length).decode()


lib = ctypes.CDLL("libwhybounce.so.0")
pointer, size = ctypes.c_void_p, ctypes.c_size_t
for name, result, arguments in (
        ("wb_session_new", pointer, [pointer]),
        ("wb_session_free", None, [pointer]),
        ("wb_session_language", None, [pointer, ctypes.c_char_p]),
        ("wb_analyse_mail", pointer, [pointer, ctypes.c_char_p, size]),
        ("wb_analysis_count", size, [pointer]),
        ("wb_analysis_report", pointer, [pointer, size]),
        ("wb_report_string", String, [pointer, ctypes.c_int]),
        ("wb_analysis_render", String, [pointer, pointer, ctypes.c_char_p])):
    function = getattr(lib, name)
    function.restype, function.argtypes = result, arguments

RECIPIENT, CAUSE = 3, 6  # WB_REPORT_...: places in WB_STRING_FIELDS, which never change

with open(sys.argv[1], "rb") as file:
    mail = file.read()
session = lib.wb_session_new(None)
lib.wb_session_language(session, b"en")  # or zh
analysis = lib.wb_analyse_mail(session, mail, len(mail))
for i in range(lib.wb_analysis_count(analysis)):
    report = lib.wb_analysis_report(analysis, i)
    print("recipient:", lib.wb_report_string(report, RECIPIENT))
    print("cause:", lib.wb_report_string(report, CAUSE))
# Everything else is in the JSON: doc/report.schema.json
for line in str(lib.wb_analysis_render(session, analysis, b"words")).splitlines():
    print("what to do:", *json.loads(line)["words"]["steps"], sep="\n  ")
lib.wb_session_free(session)
