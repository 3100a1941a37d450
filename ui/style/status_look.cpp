// SPDX-License-Identifier: GPL-3.0-or-later
#include "style/status_look.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QPainter>

namespace muster::ui {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("StatusLook", text);
}

const QString kFull = QStringLiteral("●");
const QString kHalf = QStringLiteral("◐");
const QString kRing = QStringLiteral("○");
const QString kTriangle = QStringLiteral("▲");
const QString kDiamond = QStringLiteral("◆");

constexpr int kPillSide = 8;

}  // namespace

int pillWidth(const StatusLook& look)
{
    return QFontMetrics(fontFor(FontRole::smallStrong)).horizontalAdvance(look.text()) +
           2 * kPillSide;
}

void paintPill(QPainter& painter, const QRect& area, const StatusLook& look)
{
    const Palette& colours = currentPalette();
    const int width = pillWidth(look);
    const QRectF pill(area.right() + 1 - width, area.top() + (area.height() - kPillHeight) / 2.0,
                      width, kPillHeight);
    painter.setFont(fontFor(FontRole::smallStrong));
    painter.setPen(Qt::NoPen);
    painter.setBrush(colours.tint(look.colour, Role::panel, space::kTintPill));
    painter.drawRoundedRect(pill, kPillHeight / 2.0, kPillHeight / 2.0);
    painter.setPen(colours[look.colour]);
    painter.drawText(pill, Qt::AlignCenter, look.text());
}

StatusLook lookOf(PressureLevel level)
{
    switch (level) {
        case PressureLevel::normal:
            return {Role::ok, kFull, tr("Normal")};
        case PressureLevel::elevated:
            return {Role::warn, kHalf, tr("Elevated")};
        case PressureLevel::severe:
            return {Role::hot, kTriangle, tr("Severe")};
        case PressureLevel::critical:
            return {Role::bad, kDiamond, tr("Critical")};
    }
    return {};
}

StatusLook lookOf(Severity severity)
{
    switch (severity) {
        case Severity::info:
            return {Role::dim, kRing, tr("Note")};
        case Severity::warning:
            return {Role::warn, kTriangle, tr("Warning")};
        case Severity::critical:
            return {Role::bad, kDiamond, tr("Critical")};
    }
    return {};
}

StatusLook lookOf(RunState state)
{
    switch (state) {
        case RunState::idle:
            return {Role::dim, kRing, tr("Idle")};
        case RunState::starting:
            return {Role::accent, kHalf, tr("Starting")};
        case RunState::running:
            return {Role::ok, kFull, tr("Running")};
        case RunState::paused:
            return {Role::warn, QStringLiteral("‖"), tr("Paused")};
        case RunState::draining:
            return {Role::warn, kHalf, tr("Draining")};
        case RunState::finished:
            return {Role::dim, QStringLiteral("✓"), tr("Finished")};
        case RunState::failed:
            return {Role::bad, QStringLiteral("✕"), tr("Failed")};
    }
    return {};
}

StatusLook lookOfBreaker(const std::string& state)
{
    if (state == "closed") {
        return {Role::ok, kFull, tr("Closed")};
    }
    if (state == "open") {
        return {Role::bad, kRing, tr("Open")};
    }
    if (state == "half_open") {
        return {Role::warn, kHalf, tr("Half-open")};
    }
    if (state == "forced_open") {
        return {Role::hot, QStringLiteral("⊘"), tr("Forced open")};
    }
    if (state == "disabled") {
        return {Role::dim, QStringLiteral("–"), tr("Disabled")};
    }
    if (state == "metrics_only") {
        return {Role::violet, QStringLiteral("◎"), tr("Metrics only")};
    }
    return {Role::dim, QStringLiteral("–"), tr("No breaker")};
}

StatusLook lookOfMark(const std::string& kind)
{
    if (kind == "restart") {
        return {Role::bad, QStringLiteral("↻"), tr("Restart")};
    }
    if (kind == "alert") {
        return {Role::bad, kDiamond, tr("Alert")};
    }
    if (kind == "breaker") {
        return {Role::bad, QStringLiteral("■"), tr("Breaker")};
    }
    if (kind == "fault") {
        return {Role::warn, QStringLiteral("✕"), tr("Fault")};
    }
    if (kind == "pressure") {
        return {Role::warn, kTriangle, tr("Pressure")};
    }
    if (kind == "limit") {
        return {Role::violet, QStringLiteral("▬"), tr("Limit")};
    }
    if (kind == "run") {
        return {Role::ok, kFull, tr("Run")};
    }
    return {Role::accent, QStringLiteral("▼"), tr("Load")};
}

}  // namespace muster::ui
