// SPDX-License-Identifier: GPL-3.0-or-later
#include "style/fonts.h"

#include <QFontDatabase>
#include <QFontMetricsF>
#include <QRawFont>
#include <QtEndian>
#include <array>
#include <vector>

#include "style/palette.h"

namespace muster::ui {

namespace {

const QString kInter = QStringLiteral("Inter");
const QString kInterTabular = QStringLiteral("MuTab");  // as long as kInter: replaced in place

/// The tables of an OpenType font that a shaper and a rasterizer read.
constexpr std::array<const char*, 20> kTables = {
    "BASE", "CFF ", "GDEF", "GPOS", "GSUB", "OS/2", "cmap", "cvt ", "fpgm", "gasp",
    "glyf", "head", "hhea", "hmtx", "kern", "loca", "maxp", "name", "post", "prep"};

quint16 read16(const QByteArray& data, qsizetype at)
{
    return at + 2 <= data.size() ? qFromBigEndian<quint16>(data.constData() + at) : 0;
}

void append16(QByteArray& data, quint16 value)
{
    const quint16 big = qToBigEndian(value);
    data.append(reinterpret_cast<const char*>(&big), sizeof big);
}

void append32(QByteArray& data, quint32 value)
{
    const quint32 big = qToBigEndian(value);
    data.append(reinterpret_cast<const char*>(&big), sizeof big);
}

/// Gives the feature "tnum" of a GSUB table the tag of one that is always applied and that the
/// font does not use (https://learn.microsoft.com/typography/opentype/spec/chapter2).
bool applyTabularByDefault(QByteArray& substitutions)
{
    const qsizetype list = read16(substitutions, 6);
    const int features = read16(substitutions, list);
    std::vector<qsizetype> places;
    bool taken = false;
    for (int i = 0; i < features; ++i) {
        const qsizetype place = list + 2 + qsizetype{6} * i;
        const QByteArray tag = substitutions.mid(place, 4);
        taken = taken || tag == "rlig";
        if (tag == "tnum") {
            places.push_back(place);
        }
    }
    if (list == 0 || taken || places.empty()) {
        return false;
    }
    for (const qsizetype place : places) {
        substitutions.replace(place, 4, "rlig");
    }
    return true;
}

QByteArray utf16(const QString& text)
{
    QByteArray bytes;
    for (const QChar c : text) {
        append16(bytes, c.unicode());
    }
    return bytes;
}

/// Table checksums are left 0: no rasterizer checks them.
QByteArray fontFile(const std::vector<std::pair<QByteArray, QByteArray>>& tables)
{
    QByteArray file;
    bool outlinesAreCff = false;
    for (const auto& [tag, content] : tables) {
        outlinesAreCff = outlinesAreCff || tag == "CFF ";
    }
    append32(file, outlinesAreCff ? 0x4f54544fU : 0x00010000U);
    append16(file, static_cast<quint16>(tables.size()));
    file.append(6, '\0');  // search hints, not read by FreeType
    auto offset = static_cast<quint32>(12 + 16 * tables.size());
    for (const auto& [tag, content] : tables) {
        file.append(tag);
        append32(file, 0);
        append32(file, offset);
        append32(file, static_cast<quint32>(content.size()));
        offset += static_cast<quint32>((content.size() + 3) / 4 * 4);
    }
    for (const auto& [tag, content] : tables) {
        file.append(content);
        file.append((4 - content.size() % 4) % 4, '\0');
    }
    return file;
}

QString registerTabularInter()
{
    for (const QFont::Weight weight : {QFont::Normal, QFont::Medium, QFont::DemiBold}) {
        QFont cut(kInter, 10);
        cut.setWeight(weight);
        const QByteArray file = withTabularFigures(QRawFont::fromFont(cut), kInter, kInterTabular);
        if (file.isEmpty() || QFontDatabase::addApplicationFontFromData(file) < 0) {
            return kInter;
        }
    }
    return kInterTabular;
}

QString systemFamily(QFontDatabase::SystemFont which)
{
    return QFontDatabase::systemFont(which).family();
}

}  // namespace

QByteArray withTabularFigures(const QRawFont& font, const QString& from, const QString& to)
{
    std::vector<std::pair<QByteArray, QByteArray>> tables;
    bool patched = false;
    for (const char* tag : kTables) {
        QByteArray content = font.fontTable(tag);
        if (content.isEmpty()) {
            continue;
        }
        if (qstrcmp(tag, "GSUB") == 0) {
            patched = applyTabularByDefault(content);
        } else if (qstrcmp(tag, "name") == 0) {
            content.replace(utf16(from), utf16(to));
        }
        tables.emplace_back(tag, content);
    }
    return patched && from.size() == to.size() ? fontFile(tables) : QByteArray();
}

bool hasTabularFigures(const QString& family)
{
    QFont probe(family);
    probe.setPixelSize(100);
    const QFontMetricsF metrics(probe);
    const double zero = metrics.horizontalAdvance(QStringLiteral("0000"));
    for (char digit = '1'; digit <= '9'; ++digit) {
        const double width = metrics.horizontalAdvance(QString(4, QLatin1Char(digit)));
        if (std::abs(width - zero) > 0.5) {
            return false;
        }
    }
    return true;
}

const QString& textFamily()
{
    static const QString family = QFontDatabase::hasFamily(kInter)
                                      ? registerTabularInter()
                                      : systemFamily(QFontDatabase::GeneralFont);
    return family;
}

const QString& monoFamily()
{
    static const QString wanted = QStringLiteral("JetBrains Mono");
    static const QString family =
        QFontDatabase::hasFamily(wanted) ? wanted : systemFamily(QFontDatabase::FixedFont);
    return family;
}

QFont fontFor(FontRole role)
{
    QFont font(role == FontRole::mono ? monoFamily() : textFamily());
    const auto set = [&font](int pixels, QFont::Weight weight) {
        font.setPixelSize(pixels);
        font.setWeight(weight);
    };
    switch (role) {
        case FontRole::body:
            set(13, QFont::Normal);
            break;
        case FontRole::strong:
            set(13, QFont::Medium);
            break;
        case FontRole::small:
            set(12, QFont::Normal);
            break;
        case FontRole::smallStrong:
            set(12, QFont::Medium);
            break;
        case FontRole::number:
            set(22, QFont::DemiBold);
            break;
        case FontRole::heading:
            set(15, QFont::DemiBold);
            break;
        case FontRole::tiny:
            set(11, QFont::Normal);
            break;
        case FontRole::mono:
            set(12, QFont::Normal);
            break;
    }
    return font;
}

}  // namespace muster::ui
