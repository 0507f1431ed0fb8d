/* SPDX-License-Identifier: BSD-2-Clause */
/* Charsets by their names, by wrong names, and guessed. The bytes were written by another codec. */
#include "unit.h"

#include "mail.h"

static struct wb_arena arena;
static wb_limit_set limits;
static struct wb_mail mail;

struct charset_row {
    const char *name, *label, *bytes, *text;
};

static const struct charset_row labelled_rows[] = {
    {"hard blanks", "utf-8", "\xC2\xA0user\xC2\xA0unknown \xC3\xA0\xC2\xA0", " user unknown à "},
    {"hard blanks of Latin-1", "iso-8859-1", "user\xA0unknown", "user unknown"},
    {"half of a hard blank", "utf-8", "\xC2\xA1user \xC3\xA0", "¡user à"},
    {"a letter held back at the end of a line", "windows-1255", "\xE9\n\xC4\xE9\xC4",
     "\xD7\x99\n\xD6\xB4\xEF\xAC\x9D"},
    {"the same, and what cannot be read behind it", "windows-1255", "\xE9\xFF\n\xC4\xE9",
     "йя\n\xD6\xB4\xD7\x99"},
    {"UTF-8", "utf-8",
     "\xE9\x82\xAE\xE7\xAE\xB1\xE5\xB7\xB2\xE6\xBB\xA1\xEF\xBC\x8C\xE8\xAF\xB7\xE7\xA8\x8D\xE5\x90"
     "\x8E\xE5\x86\x8D\xE8\xAF\x95",
     "邮箱已满，请稍后再试"},
    {"the other one", "utf-16",
     "\xFE\xFF\x90\xAE{\xB1]\xF2n\xE1\xFF\x0C\x8B\xF7z\rT\x0EQ\x8D\x8B\xD5",
     "邮箱已满，请稍后再试"},
    {"the first one again", "utf-16",
     "\xFF\xFE\xAE\x90\xB1{\xF2]\xE1n\x0C\xFF\xF7\x8B\rz\x0ET\x8DQ\xD5\x8B",
     "邮箱已满，请稍后再试"},
    {"without a mark", "utf-16",
     "\xAE\x90\xB1{\xF2]\xE1n\x0C\xFF\xF7\x8B\x0Ez\x0ET\x8DQ\xD5\x8B\x01\xFF",
     "邮箱已满，请税后再试！"},
    {"a hard blank of UTF-16", "utf-16",
     "\xFF\xFE\xAE\x90\xB1{\xA0\0\xE1n\x0C\xFF\xF7\x8B\rz\x0ET\x8DQ\xD5\x8B",
     "邮箱 满，请稍后再试"},
    {"GB2312", "gb2312",
     "\xD3\xCA\xCF\xE4\xD2\xD1\xC2\xFA\xA3\xAC\xC7\xEB\xC9\xD4\xBA\xF3\xD4\xD9\xCA\xD4",
     "邮箱已满，请稍后再试"},
    {"GBK", "GBK", "\xD0\xC5\xCF\xE4\xD2\xD1\x9DM\xA3\xAC\xD5\x88\xC9\xD4\xE1\xE1\xD4\xD9\xD4\x87",
     "信箱已滿，請稍後再試"},
    {"GB18030", "gb18030",
     "\xD3\xCA\xCF\xE4\xD2\xD1\xC2\xFA\xA3\xAC\xC7\xEB\xC9\xD4\xBA\xF3\xD4\xD9\xCA\xD4",
     "邮箱已满，请稍后再试"},
    {"CP936", "cp936",
     "\xD3\xCA\xCF\xE4\xD2\xD1\xC2\xFA\xA3\xAC\xC7\xEB\xC9\xD4\xBA\xF3\xD4\xD9\xCA\xD4",
     "邮箱已满，请稍后再试"},
    {"Big5", "big5",
     "\xABH\xBD"
     "c\xA4w\xBA\xA1\xA1"
     "A\xBD\xD0\xB5y\xAB\xE1\xA6"
     "A\xB8\xD5",
     "信箱已滿，請稍後再試"},
    {"ISO-2022-JP", "iso-2022-jp", "\x1B$B08@h$N%a!<%k%\\%C%/%9$,8+$D$+$j$^$;$s\x1B(B",
     "宛先のメールボックスが見つかりません"},
    {"Shift_JIS", "Shift_JIS",
     "\x88\xB6\x90\xE6\x82\xCC\x83\x81\x81[\x83\x8B\x83{\x83"
     "b\x83N\x83X\x82\xAA\x8C\xA9\x82\xC2\x82\xA9\x82\xE8\x82\xDC\x82\xB9\x82\xF1",
     "宛先のメールボックスが見つかりません"},
    {"Windows-31J", "Windows-31J",
     "\x88\xB6\x90\xE6\x82\xCC\x83\x81\x81[\x83\x8B\x83{\x83"
     "b\x83N\x83X\x82\xAA\x8C\xA9\x82\xC2\x82\xA9\x82\xE8\x82\xDC\x82\xB9\x82\xF1",
     "宛先のメールボックスが見つかりません"},
    {"EUC-JP", "euc-jp",
     "\xB0\xB8\xC0\xE8\xA4\xCE\xA5\xE1\xA1\xBC\xA5\xEB\xA5\xDC\xA5\xC3\xA5\xAF\xA5\xB9\xA4\xAC\xB8"
     "\xAB\xA4\xC4\xA4\xAB\xA4\xEA\xA4\xDE\xA4\xBB\xA4\xF3",
     "宛先のメールボックスが見つかりません"},
    {"EUC-KR", "euc-kr",
     "\xB9\xDE\xB4\xC2 \xBB\xE7\xB6\xF7\xC0\xC7 \xC6\xED\xC1\xF6\xC7\xD4\xC0\xCC \xB0\xA1\xB5\xE6 "
     "\xC3\xA1\xBD\xC0\xB4\xCF\xB4\xD9",
     "받는 사람의 편지함이 가득 찼습니다"},
    {"ks_c_5601-1987", "ks_c_5601-1987",
     "\xB9\xDE\xB4\xC2 \xBB\xE7\xB6\xF7\xC0\xC7 \xC6\xED\xC1\xF6\xC7\xD4\xC0\xCC \xB0\xA1\xB5\xE6 "
     "\xC3\xA1\xBD\xC0\xB4\xCF\xB4\xD9",
     "받는 사람의 편지함이 가득 찼습니다"},
    {"ISO-2022-KR", "iso-2022-kr",
     "\x1B$)C\x0E"
     "9^4B\x0F \x0E;g6w@G\x0F \x0E"
     "FmAvGT@L\x0F \x0E"
     "0!5f\x0F \x0E"
     "C!=@4O4Y\x0F",
     "받는 사람의 편지함이 가득 찼습니다"},
    {"KOI8-R", "koi8-r",
     "\xF0\xCF\xDE\xD4\xCF\xD7\xD9\xCA \xD1\xDD\xC9\xCB \xD0\xC5\xD2\xC5\xD0\xCF\xCC\xCE\xC5\xCE",
     "Почтовый ящик переполнен"},
    {"KOI8-U", "koi8-u",
     "\xF0\xCF\xDB\xD4\xCF\xD7\xC1 \xD3\xCB\xD2\xC9\xCE\xD8\xCB\xC1 "
     "\xD0\xC5\xD2\xC5\xD0\xCF\xD7\xCE\xC5\xCE\xC1, \xA7\xA7 \xCE\xC5\xCD\xC1\xA4",
     "Поштова скринька переповнена, її немає"},
    {"Windows-1250", "windows-1250",
     "Nieprawid\xB3owy u\xBFytkownik, \x9Fr\xF3"
     "d\xB3o",
     "Nieprawidłowy użytkownik, źródło"},
    {"Windows-1251", "windows-1251",
     "\xCF\xEE\xF7\xF2\xEE\xE2\xFB\xE9 \xFF\xF9\xE8\xEA \xEF\xE5\xF0\xE5\xEF\xEE\xEB\xED\xE5\xED",
     "Почтовый ящик переполнен"},
    {"Windows-1252", "windows-1252", "Bo\xEEte pleine, 5 \x80", "Boîte pleine, 5 €"},
    {"Windows-1253", "windows-1253",
     "\xA2\xE3\xED\xF9\xF3\xF4\xEF\xF2 \xF0\xE1\xF1\xE1\xEB\xDE\xF0\xF4\xE7\xF2",
     "Άγνωστος παραλήπτης"},
    {"Windows-1254", "windows-1254",
     "Al\xFD"
     "c\xFD posta kutusu dolmu\xFE, de\xF0il",
     "Alıcı posta kutusu dolmuş, değil"},
    {"Windows-1255", "windows-1255", "\xFA\xE9\xE1\xFA \xE4\xE3\xE5\xE0\xF8 \xEE\xEC\xE0\xE4",
     "תיבת הדואר מלאה"},
    {"Windows-1256", "windows-1256",
     "\xD5\xE4\xCF\xE6\xDE \xC7\xE1\xC8\xD1\xED\xCF \xE3\xE3\xCA\xE1\xC6", "صندوق البريد ممتلئ"},
    {"Windows-1257", "windows-1257", "Ne\xFEinomas vartotojas, d\xEB\xFEut\xEB",
     "Nežinomas vartotojas, dėžutė"},
    {"CP866", "cp866",
     "\x8F\xAE\xE7\xE2\xAE\xA2\xEB\xA9 \xEF\xE9\xA8\xAA \xAF\xA5\xE0\xA5\xAF\xAE\xAB\xAD\xA5\xAD",
     "Почтовый ящик переполнен"},
    {"ISO-8859-1", "iso-8859-1",
     "Empf\xE4nger gr\xF6\xDF"
     "er unbekannt",
     "Empfänger größer unbekannt"},
    {"ISO-8859-2", "ISO-8859-2", "Schr\xE1nka je pln\xE1, nelze doru\xE8it",
     "Schránka je plná, nelze doručit"},
    {"ISO-8859-5", "iso-8859-5",
     "\xBF\xDE\xE7\xE2\xDE\xD2\xEB\xD9 \xEF\xE9\xD8\xDA \xDF\xD5\xE0\xD5\xDF\xDE\xDB\xDD\xD5\xDD",
     "Почтовый ящик переполнен"},
    {"ISO-8859-6", "iso-8859-6",
     "\xD5\xE6\xCF\xE8\xE2 \xC7\xE4\xC8\xD1\xEA\xCF \xE5\xE5\xCA\xE4\xC6", "صندوق البريد ممتلئ"},
    {"ISO-8859-7", "iso-8859-7",
     "\xB6\xE3\xED\xF9\xF3\xF4\xEF\xF2 \xF0\xE1\xF1\xE1\xEB\xDE\xF0\xF4\xE7\xF2",
     "Άγνωστος παραλήπτης"},
    {"ISO-8859-8", "iso-8859-8", "\xFA\xE9\xE1\xFA \xE4\xE3\xE5\xE0\xF8 \xEE\xEC\xE0\xE4",
     "תיבת הדואר מלאה"},
    {"ISO-8859-8-I", "iso-8859-8-i", "\xFA\xE9\xE1\xFA \xE4\xE3\xE5\xE0\xF8 \xEE\xEC\xE0\xE4",
     "תיבת הדואר מלאה"},
    {"ISO-8859-9", "iso-8859-9",
     "Al\xFD"
     "c\xFD posta kutusu dolmu\xFE, de\xF0il",
     "Alıcı posta kutusu dolmuş, değil"},
    {"ISO-8859-13", "iso-8859-13", "Ne\xFEinomas vartotojas, d\xEB\xFEut\xEB",
     "Nežinomas vartotojas, dėžutė"},
    {"ISO-8859-15", "iso-8859-15", "Bo\xEEte pleine, 5 \xA4", "Boîte pleine, 5 €"},
    {"ISO-8859-16", "iso-8859-16",
     "C\xE3su\xFE"
     "a e plin\xE3",
     "Căsuța e plină"},
    {"TIS-620", "tis-620", "\xA1\xC5\xE8\xCD\xA7\xA8\xB4\xCB\xC1\xD2\xC2\xE0\xB5\xE7\xC1",
     "กล่องจดหมายเต็ม"},
    {"ISO-8859-11", "iso-8859-11", "\xA1\xC5\xE8\xCD\xA7\xA8\xB4\xCB\xC1\xD2\xC2\xE0\xB5\xE7\xC1",
     "กล่องจดหมายเต็ม"},
    {"UTF-7", "utf-7", "+kK57sV3ybuH/DIv3eg1UDlGNi9U-", "邮箱已满，请稍后再试"},
    {"unicode-1-1-utf-7", "unicode-1-1-utf-7", "+kK57sV3ybuH/DIv3eg1UDlGNi9U-",
     "邮箱已满，请稍后再试"},
    {"GB18030, four bytes", "gb18030",
     "\x95"
     "2\x82"
     "6\xB4\xE5",
     "𠀀村"},
    {"ISO-8859-1 is read as Windows-1252", "iso-8859-1",
     "\x93"
     "a\x94 \x80 5",
     "“a” € 5"},
    {"UTF-16 with a byte order mark", "utf-16",
     "\xFF\xFE\xAE\x90\xB1{\xF2]\xE1n\x0C\xFF\xF7\x8B\rz\x0ET\x8DQ\xD5\x8B",
     "邮箱已满，请稍后再试"},
    {"UTF-7 with ASCII only", "utf-7", "User unknown", "User unknown"},
    {"UTF-7, the plus itself", "utf-7", "a+-b", "a+b"},
    {"ISO-2022-JP, two lines", "iso-2022-jp", "\x1B$B0l9TL\\\x1B(B\n\x1B$BFs9TL\\\x1B(B",
     "一行目\n二行目"},
    {"misspelt uft-8", "uft-8",
     "\xE9\x82\xAE\xE7\xAE\xB1\xE5\xB7\xB2\xE6\xBB\xA1\xEF\xBC\x8C\xE8\xAF\xB7\xE7\xA8\x8D\xE5\x90"
     "\x8E\xE5\x86\x8D\xE8\xAF\x95",
     "邮箱已满，请稍后再试"},
    {"quoted-printable left in the label", "3Dutf-8",
     "\xE9\x82\xAE\xE7\xAE\xB1\xE5\xB7\xB2\xE6\xBB\xA1\xEF\xBC\x8C\xE8\xAF\xB7\xE7\xA8\x8D\xE5\x90"
     "\x8E\xE5\x86\x8D\xE8\xAF\x95",
     "邮箱已满，请稍后再试"},
    {"the same over GBK", "3Dgb2312",
     "\xD3\xCA\xCF\xE4\xD2\xD1\xC2\xFA\xA3\xAC\xC7\xEB\xC9\xD4\xBA\xF3\xD4\xD9\xCA\xD4",
     "邮箱已满，请稍后再试"},
    {"upper case and underscore", "GB_2312-80",
     "\xD3\xCA\xCF\xE4\xD2\xD1\xC2\xFA\xA3\xAC\xC7\xEB\xC9\xD4\xBA\xF3\xD4\xD9\xCA\xD4",
     "邮箱已满，请稍后再试"},
    {"unknown label, UTF-8", "x-unknown",
     "\xE9\x82\xAE\xE7\xAE\xB1\xE5\xB7\xB2\xE6\xBB\xA1\xEF\xBC\x8C\xE8\xAF\xB7\xE7\xA8\x8D\xE5\x90"
     "\x8E\xE5\x86\x8D\xE8\xAF\x95",
     "邮箱已满，请稍后再试"},
    {"unknown label, GBK", "x-unknown",
     "\xD3\xCA\xCF\xE4\xD2\xD1\xC2\xFA\xA3\xAC\xC7\xEB\xC9\xD4\xBA\xF3\xD4\xD9\xCA\xD4",
     "邮箱已满，请稍后再试"},
    {"a label that is a path", "/etc/passwd", "abc", "abc"},
    {"a very long label",
     "utf-8utf-8utf-8utf-8utf-8utf-8utf-8utf-8utf-8utf-8utf-8utf-8utf-8utf-8utf-8utf-8utf-8utf-"
     "8utf-8utf-8utf-8utf-8utf-8utf-8utf-8utf-8utf-8utf-8utf-8utf-8utf-8utf-8utf-8utf-8utf-8utf-"
     "8utf-8utf-8utf-8utf-8",
     "\xE9\x82\xAE\xE7\xAE\xB1\xE5\xB7\xB2\xE6\xBB\xA1\xEF\xBC\x8C\xE8\xAF\xB7\xE7\xA8\x8D\xE5\x90"
     "\x8E\xE5\x86\x8D\xE8\xAF\x95",
     "邮箱已满，请稍后再试"},
    {"us-ascii over GBK", "us-ascii",
     "\xD3\xCA\xCF\xE4\xD2\xD1\xC2\xFA\xA3\xAC\xC7\xEB\xC9\xD4\xBA\xF3\xD4\xD9\xCA\xD4",
     "邮箱已满，请稍后再试"},
    {"us-ascii over UTF-8", "us-ascii",
     "\xE9\x82\xAE\xE7\xAE\xB1\xE5\xB7\xB2\xE6\xBB\xA1\xEF\xBC\x8C\xE8\xAF\xB7\xE7\xA8\x8D\xE5\x90"
     "\x8E\xE5\x86\x8D\xE8\xAF\x95",
     "邮箱已满，请稍后再试"},
    {"utf-8 over GBK", "utf-8",
     "\xD3\xCA\xCF\xE4\xD2\xD1\xC2\xFA\xA3\xAC\xC7\xEB\xC9\xD4\xBA\xF3\xD4\xD9\xCA\xD4",
     "邮箱已满，请稍后再试"},
    {"gbk over UTF-8", "gbk",
     "\xE9\x82\xAE\xE7\xAE\xB1\xE5\xB7\xB2\xE6\xBB\xA1\xEF\xBC\x8C\xE8\xAF\xB7\xE7\xA8\x8D\xE5\x90"
     "\x8E\xE5\x86\x8D\xE8\xAF\x95",
     "邮箱已满，请稍后再试"},
    {"iso-8859-1 over UTF-8", "iso-8859-1",
     "\xE9\x82\xAE\xE7\xAE\xB1\xE5\xB7\xB2\xE6\xBB\xA1\xEF\xBC\x8C\xE8\xAF\xB7\xE7\xA8\x8D\xE5\x90"
     "\x8E\xE5\x86\x8D\xE8\xAF\x95",
     "邮箱已满，请稍后再试"},
    {"utf-8 over ISO-2022-JP", "utf-8", "\x1B$B08@h$N%a!<%k%\\%C%/%9$,8+$D$+$j$^$;$s\x1B(B",
     "宛先のメールボックスが見つかりません"},
    {"no label, ISO-2022-JP", "", "\x1B$B08@h$N%a!<%k%\\%C%/%9$,8+$D$+$j$^$;$s\x1B(B",
     "宛先のメールボックスが見つかりません"},
    {"line by line: GBK, UTF-8, ASCII", "gb2312",
     "\xD3\xCA\xCF\xE4\xD2\xD1\xC2\xFA\xA3\xAC\xC7\xEB\xC9\xD4\xBA\xF3\xD4\xD9\xCA\xD4\n\xE9\x82"
     "\xAE\xE7\xAE\xB1\xE5\xB7\xB2\xE6\xBB\xA1\xEF\xBC\x8C\xE8\xAF\xB7\xE7\xA8\x8D\xE5\x90\x8E\xE5"
     "\x86\x8D\xE8\xAF\x95\nabc\n\xD3\xCA\xCF\xE4\xD2\xD1\xC2\xFA\xA3\xAC\xC7\xEB\xC9\xD4\xBA\xF3"
     "\xD4\xD9\xCA\xD4",
     "邮箱已满，请稍后再试\n邮箱已满，请稍后再试\nabc\n邮箱已满，请稍后再试"},
    {"line by line without a label", "",
     "\xE9\x82\xAE\xE7\xAE\xB1\xE5\xB7\xB2\xE6\xBB\xA1\xEF\xBC\x8C\xE8\xAF\xB7\xE7\xA8\x8D\xE5\x90"
     "\x8E\xE5\x86\x8D\xE8\xAF\x95\r\n\xD3\xCA\xCF\xE4\xD2\xD1\xC2\xFA\xA3\xAC\xC7\xEB\xC9\xD4\xBA"
     "\xF3\xD4\xD9\xCA\xD4\r\n",
     "邮箱已满，请稍后再试\r\n邮箱已满，请稍后再试\r\n"},
    {"line by line, labelled utf-8", "utf-8",
     "abc\n\xD3\xCA\xCF\xE4\xD2\xD1\xC2\xFA\xA3\xAC\xC7\xEB\xC9\xD4\xBA\xF3\xD4\xD9\xCA\xD4\n\xE9"
     "\x82\xAE\xE7\xAE\xB1\xE5\xB7\xB2\xE6\xBB\xA1\xEF\xBC\x8C\xE8\xAF\xB7\xE7\xA8\x8D\xE5\x90\x8E"
     "\xE5\x86\x8D\xE8\xAF\x95",
     "abc\n邮箱已满，请稍后再试\n邮箱已满，请稍后再试"},
    {"ASCII lines stay as they are", "big5", "550 5.1.1 User unknown\r\n",
     "550 5.1.1 User unknown\r\n"},
    {"nothing", "utf-8", "", ""},
};

/* No label: whole sentences, as servers write them. */
static const struct charset_row guessed_rows[] = {
    {"simplified Chinese", "",
     "\xD3\xCA\xCF\xE4\xD2\xD1\xC2\xFA\xA3\xAC\xC7\xEB\xC9\xD4\xBA\xF3\xD4\xD9\xCA\xD4",
     "邮箱已满，请稍后再试"},
    {"a Chinese sentence", "",
     "\xB6\xD4\xB2\xBB\xC6\xF0\xA3\xAC\xC4\xFA\xB5\xC4\xD3\xCA\xBC\xFE\xCE\xB4\xC4\xDC\xCB\xCD\xB4"
     "\xEF\xA3\xAC\xD4\xAD\xD2\xF2\xCA\xC7\xCA\xD5\xBC\xFE\xC8\xCB\xB5\xC4\xD3\xCA\xCF\xE4\xB2\xBB"
     "\xB4\xE6\xD4\xDA\xA1\xA3",
     "对不起，您的邮件未能送达，原因是收件人的邮箱不存在。"},
    {"Chinese among ASCII", "",
     "\xD3\xCA\xBC\xFE\xB1\xBB\xCD\xCB\xBB\xD8: user@example.cn "
     "(\xB6\xD4\xB7\xBD\xB7\xFE\xCE\xF1\xC6\xF7\xBE\xDC\xCA\xD5)",
     "邮件被退回: user@example.cn (对方服务器拒收)"},
    {"traditional Chinese in Big5", "",
     "\xAB\xDC\xA9\xEA\xBAp\xA1"
     "A\xB1z\xAA\xBA\xB6l\xA5\xF3\xB5L\xAAk\xB0"
     "e\xB9"
     "F\xA1"
     "A\xA6]\xAC\xB0\xA6\xAC\xA5\xF3\xA4H\xAA\xBA\xABH\xBD"
     "c\xA4\xA3\xA6s\xA6"
     "b\xA1"
     "C",
     "很抱歉，您的郵件無法送達，因為收件人的信箱不存在。"},
    {"Japanese in Shift_JIS", "",
     "\x88\xB6\x90\xE6\x82\xCC\x83\x81\x81[\x83\x8B\x83{\x83"
     "b\x83N\x83X\x82\xAA\x8C\xA9\x82\xC2\x82\xA9\x82\xE8\x82\xDC\x82\xB9\x82\xF1",
     "宛先のメールボックスが見つかりません"},
    {"Japanese in EUC-JP", "",
     "\xB0\xB8\xC0\xE8\xA4\xCE\xA5\xE1\xA1\xBC\xA5\xEB\xA5\xDC\xA5\xC3\xA5\xAF\xA5\xB9\xA4\xAC\xB8"
     "\xAB\xA4\xC4\xA4\xAB\xA4\xEA\xA4\xDE\xA4\xBB\xA4\xF3",
     "宛先のメールボックスが見つかりません"},
    {"Korean in EUC-KR", "",
     "\xB9\xDE\xB4\xC2 \xBB\xE7\xB6\xF7\xC0\xC7 \xC6\xED\xC1\xF6\xC7\xD4\xC0\xCC \xB0\xA1\xB5\xE6 "
     "\xC2\xF7\xBC\xAD \xB8\xDE\xC0\xCF\xC0\xBB \xBA\xB8\xB3\xBE \xBC\xF6 "
     "\xBE\xF8\xBD\xC0\xB4\xCF\xB4\xD9",
     "받는 사람의 편지함이 가득 차서 메일을 보낼 수 없습니다"},
    {"Russian in KOI8-R", "",
     "\xF0\xCF\xDE\xD4\xCF\xD7\xD9\xCA \xD1\xDD\xC9\xCB \xD0\xCF\xCC\xD5\xDE\xC1\xD4\xC5\xCC\xD1 "
     "\xD0\xC5\xD2\xC5\xD0\xCF\xCC\xCE\xC5\xCE, \xD3\xCF\xCF\xC2\xDD\xC5\xCE\xC9\xC5 \xCE\xC5 "
     "\xC4\xCF\xD3\xD4\xC1\xD7\xCC\xC5\xCE\xCF",
     "Почтовый ящик получателя переполнен, сообщение не доставлено"},
    {"Russian in Windows-1251", "",
     "\xCF\xEE\xF7\xF2\xEE\xE2\xFB\xE9 \xFF\xF9\xE8\xEA \xEF\xEE\xEB\xF3\xF7\xE0\xF2\xE5\xEB\xFF "
     "\xEF\xE5\xF0\xE5\xEF\xEE\xEB\xED\xE5\xED, \xF1\xEE\xEE\xE1\xF9\xE5\xED\xE8\xE5 \xED\xE5 "
     "\xE4\xEE\xF1\xF2\xE0\xE2\xEB\xE5\xED\xEE",
     "Почтовый ящик получателя переполнен, сообщение не доставлено"},
    {"German in Latin-1", "",
     "Der Empf\xE4nger wurde nicht gefunden, bitte pr\xFC"
     "fen",
     "Der Empfänger wurde nicht gefunden, bitte prüfen"},
    {"French in Latin-1", "",
     "La bo\xEEte aux lettres est pleine, r\xE9"
     "essayez",
     "La boîte aux lettres est pleine, réessayez"},
    {"Spanish in Latin-1", "", "El buz\xF3n est\xE1 lleno, int\xE9ntelo m\xE1s tarde",
     "El buzón está lleno, inténtelo más tarde"},
    {"German, one word", "", "Empf\xE4nger unbekannt", "Empfänger unbekannt"},
    {"French with two accents side by side", "",
     "La bo\xEEte a \xE9t\xE9 cr\xE9\xE9"
     "e hier, r\xE9"
     "essayez",
     "La boîte a été créée hier, réessayez"},
    {"Swedish", "", "Mottagaren \xE4r ok\xE4nd p\xE5 v\xE4rden", "Mottagaren är okänd på värden"},
    {"Portuguese", "", "A caixa do destinat\xE1rio est\xE1 cheia, n\xE3o \xE9 poss\xEDvel entregar",
     "A caixa do destinatário está cheia, não é possível entregar"},
    {"Chinese with an ASCII word", "", "550 \xD3\xC3\xBB\xA7\xB2\xBB\xB4\xE6\xD4\xDA",
     "550 用户不存在"},
    {"two Chinese characters", "", "\xD3\xC3\xBB\xA7", "用户"},
    {"rare letters of GBK", "", "\xE6g\xF6\xCE\xB9\xAB\xCB\xBE\xE0]\xCF\xE4", "鎔鑫公司郵箱"},
    {"Big5 with ASCII trails", "",
     "\xA4@\xA4G\xA4T \xA8\xCF\xA5\xCE\xAA\xCC\xA4\xA3\xA6s\xA6"
     "b",
     "一二三 使用者不存在"},
    {"half a sentence of katakana", "", "\x83\x86\x81[\x83U \x95s\x96\xBE", "ユーザ 不明"},
};

/* UTF-16 has zero bytes in it: there the length is not strlen's. */
static struct wb_slice bytes_of(const struct charset_row *row)
{
    if (strcmp(row->label, "utf-16") == 0)
        return wb_slice(row->bytes, 22);
    return wb_slice_str(row->bytes);
}

static void converted(void **state)
{
    const struct charset_row *row = *state;
    wb_arena_reset(&arena);
    struct wb_slice bytes = unit_exact(bytes_of(row));
    struct wb_slice text = wb_mail_utf8(&mail, bytes, wb_slice_str(row->label));
    assert_text(text, row->text);
    free((char *)bytes.p);
}

/* As the charset parameter of a mail's only part. */
static void in_a_mail(void **state)
{
    const struct charset_row *row = *state;
    static char raw[8000];
    wb_arena_reset(&arena);
    int n = snprintf(raw, sizeof raw,
                     "From: a@example.org\nMIME-Version: 1.0\n"
                     "Content-Type: text/plain; charset=\"%s\"\n\n",
                     row->label);
    struct wb_slice bytes = bytes_of(row);
    memcpy(raw + n, bytes.p, bytes.n);
    wb_mail_parse(&mail, wb_slice(raw, (size_t)n + bytes.n));
    char got[2000], want[2000];
    struct wb_slice text = wb_slice_rtrim(wb_mail_text(&mail, 0));
    unit_shown(text, got, sizeof got);
    unit_shown(wb_slice_rtrim(wb_slice_str(row->text)), want, sizeof want);
    assert_string_equal(got, want);
}

int main(void)
{
    assert_true(wb_arena_open(&arena, WB_MAX_SESSION_BYTES, &limits));
    assert_true(wb_mail_open(&mail, &arena, &limits));
    UNIT_ROWS(converted, labelled_rows);
    unit_add_rows("guessed", converted, guessed_rows, sizeof guessed_rows[0],
                  sizeof guessed_rows / sizeof guessed_rows[0]);
    UNIT_ROWS(in_a_mail, labelled_rows);
    int failed = unit_run();
    wb_mail_close(&mail);
    wb_arena_close(&arena);
    return failed;
}
