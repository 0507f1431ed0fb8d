#!/usr/bin/env python3
"""The public header by itself: C99 and later, C++17, twice in one file, and it links from both."""
import os
import shutil
import subprocess
import tempfile

from tap import BUILD, ROOT, done, ok, whybounce

INCLUDE = os.path.join(ROOT, "include")
LIBRARY = os.path.join(BUILD, "src")
STRICT = ["-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-pedantic", "-Werror"]

CALLER = """
#include <whybounce.h>
#include <whybounce.h>
#include <stdio.h>
#define CHECK(macro, id, name) { macro##id, name },
int main(void)
{
    static const struct { int value; const char *name; } fields[] = {
#define X(id, name) CHECK(WB_REPORT_, id, name)
        WB_STRING_FIELDS(X)
#undef X
    };
    struct wb_string text;
    struct wb_session *session = wb_session_new(NULL);
    const struct wb_analysis *analysis = wb_analyse_reply(session, "550 5.1.1 User unknown", 22);
    text = wb_report_string(wb_analysis_report(analysis, 0), WB_REPORT_CAUSE);
    printf("%s %.*s %d %s\\n", wb_version(), (int)text.length, text.text, fields[6].value,
           fields[6].name);
    wb_session_free(session);
    return 0;
}
"""

version = whybounce("--version").split()[1]
with tempfile.TemporaryDirectory() as folder:
    for compiler, suffix, standards in (("gcc", "c", ("c99", "c11", "c17")),
                                        ("clang", "c", ("c99", "c17")),
                                        ("g++", "cc", ("c++17", "c++20")),
                                        ("clang++", "cc", ("c++17",))):
        source = os.path.join(folder, "caller." + suffix)
        program = os.path.join(folder, "caller")
        open(source, "w").write(CALLER)
        for standard in standards:
            name = "%s -std=%s" % (compiler, standard)
            if not shutil.which(compiler):
                ok(True, "%s # SKIP it is not installed" % name)
                continue
            built = subprocess.run([compiler, "-std=" + standard, *STRICT, "-I" + INCLUDE, source,
                                    "-L" + LIBRARY, "-lwhybounce", "-o", program],
                                   capture_output=True, text=True)
            if ok(built.returncode == 0, name + " compiles and links", built.stderr):
                ran = subprocess.run([program], capture_output=True, text=True,
                                     env=dict(os.environ, LD_LIBRARY_PATH=LIBRARY))
                ok(ran.stdout == version + " user-unknown 6 cause\n", name + " runs",
                   ran.stdout, ran.stderr)
done()
