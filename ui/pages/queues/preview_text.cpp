// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/queues/preview_text.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <map>

#include "models/format.h"

namespace muster::ui {

namespace {

constexpr std::size_t kFindingsShown = 4;

QString tr(const char* text)
{
    return QCoreApplication::translate("QueuesPage", text);
}

}  // namespace

QString findingsText(const RetryPreview& preview)
{
    QStringList findings;
    for (const std::string& finding : preview.findings) {
        findings << QString::fromStdString(finding);
    }
    return findings.join(QStringLiteral("; "));
}

QString previewText(const std::vector<RetryPreview>& previews)
{
    if (previews.empty()) {
        return tr("Dry run: none of these letters waits any more.");
    }
    std::uint64_t pass = 0;
    std::map<std::string, std::uint64_t> counts;
    for (const RetryPreview& preview : previews) {
        pass += preview.passes ? 1 : 0;
        for (const std::string& finding : preview.findings) {
            ++counts[finding];
        }
    }
    std::vector<std::pair<std::string, std::uint64_t>> found(counts.begin(), counts.end());
    std::ranges::stable_sort(found, std::greater{}, [](const auto& each) { return each.second; });
    QString text = pass == previews.size()
                       ? tr("✓ Dry run: all %1 would be tried again.").arg(exactText(pass))
                       : tr("▲ Dry run: %1 of %2 would be tried again.")
                             .arg(exactText(pass), exactText(previews.size()));
    for (std::size_t i = 0; i < std::min(found.size(), kFindingsShown); ++i) {
        text += QStringLiteral("\n%1 × %2")
                    .arg(exactText(found[i].second), QString::fromStdString(found[i].first));
    }
    if (found.size() > kFindingsShown) {
        text += tr("\nand %1 more").arg(found.size() - kFindingsShown);
    }
    return text;
}

}  // namespace muster::ui
