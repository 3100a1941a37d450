// SPDX-License-Identifier: Apache-2.0
#include "api/durable_queues.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <sstream>

#include "api/internal/queue_rows.h"
#include "storage/queue_editor.h"

namespace muster {

namespace {

Result<void> readIds(std::string_view text, std::vector<std::uint64_t>& ids)
{
    while (!text.empty()) {
        std::uint64_t id = 0;
        const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), id);
        if (wrong != std::errc() || (end != text.data() + text.size() && *end != ',')) {
            return Error{ErrorCode::invalidArgument,
                         fmt::format("expected ids as 17,18, found \"{}\"", text),
                         "id",
                         {}};
        }
        ids.push_back(id);
        text.remove_prefix(
            std::min<std::size_t>(text.size(), static_cast<std::size_t>(end - text.data()) + 1));
    }
    return {};
}

std::vector<std::string> linesOf(const std::string& payload)
{
    const auto parsed = nlohmann::ordered_json::parse(payload, nullptr, false);
    std::istringstream text(parsed.is_structured() ? parsed.dump(2) : payload);
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) {
        lines.push_back(line);
    }
    return lines;
}

}  // namespace

Result<LetterQuery> parseLetterQuery(std::string_view text)
{
    LetterQuery query;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        const std::string_view term = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto colon = term.find(':');
        const std::string_view key = colon == std::string_view::npos ? "" : term.substr(0, colon);
        const std::string value(term.substr(colon == std::string_view::npos ? 0 : colon + 1));
        if (key == "queue") {
            query.queue = value;
        } else if (key == "class") {
            query.failureClass = value;
        } else if (key == "code") {
            query.code = value;
        } else if (key == "id") {
            if (auto read = readIds(value, query.ids); !read) {
                return read.error();
            }
        } else if (!term.empty() && term != "*") {
            query.text += (query.text.empty() ? "" : " ") + std::string(term);
        }
    }
    return query;
}

std::vector<std::string> payloadDiff(const std::string& before, const std::string& after)
{
    const auto a = linesOf(before);
    const auto b = linesOf(after);
    // Longest common subsequence; payloads are bounded, and longer ones are shown as a whole.
    constexpr std::size_t kMostCells = 4'000'000;
    if ((a.size() + 1) * (b.size() + 1) > kMostCells) {
        return {fmt::format("- {} lines", a.size()), fmt::format("+ {} lines", b.size())};
    }
    std::vector<std::vector<std::uint32_t>> common(a.size() + 1,
                                                   std::vector<std::uint32_t>(b.size() + 1));
    for (std::size_t i = a.size(); i-- > 0;) {
        for (std::size_t k = b.size(); k-- > 0;) {
            common[i][k] = a[i] == b[k] ? common[i + 1][k + 1] + 1
                                        : std::max(common[i + 1][k], common[i][k + 1]);
        }
    }
    std::vector<std::string> out;
    std::size_t i = 0;
    std::size_t k = 0;
    while (i < a.size() || k < b.size()) {
        if (i < a.size() && k < b.size() && a[i] == b[k]) {
            out.push_back("  " + a[i++]);
            ++k;
        } else if (i < a.size() && (k == b.size() || common[i + 1][k] >= common[i][k + 1])) {
            out.push_back("- " + a[i++]);
        } else {
            out.push_back("+ " + b[k++]);
        }
    }
    return out;
}

// ---- QueueSurgery ---------------------------------------------------------------------------

class QueueSurgery::Impl {
public:
    explicit Impl(std::unique_ptr<QueueEditor> opened)
        : editor(std::move(opened)),
          queues({.store = editor.get(), .clock = systemClock()}, editor->takeStored(), {})
    {
    }

    /// What was done, once it is on the disk.
    template <class T>
    [[nodiscard]] Result<T> settled(Result<T> result) const
    {
        const auto trouble = editor->queueTrouble();
        return trouble && result ? Result<T>(*trouble) : result;
    }

    std::unique_ptr<QueueEditor> editor;
    JobQueues queues;
};

Result<std::unique_ptr<QueueSurgery>> QueueSurgery::open(const std::filesystem::path& session)
{
    auto editor = QueueEditor::open(session);
    if (!editor) {
        Error error = editor.error();
        if (error.code == ErrorCode::conflict) {
            error.advice =
                "A run writes to it: give it the command instead, as a line on its standard input "
                "or in the console (queue.pause, dead.retry, dead.edit, dead.discard)";
        }
        return error;
    }
    auto impl = std::make_unique<Impl>(std::move(editor).value());
    return std::unique_ptr<QueueSurgery>(new QueueSurgery(std::move(impl)));
}

QueueSurgery::QueueSurgery(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
QueueSurgery::~QueueSurgery() = default;

Result<std::uint64_t> QueueSurgery::retry(const LetterQuery& which, const std::string& author)
{
    JobQueues& queues = m_impl->queues;
    return m_impl->settled(
        queues.retryLetters({.letters = queues.lettersOf(toFilter(which)), .word = {author, ""}}));
}

Result<std::uint64_t> QueueSurgery::discard(const LetterQuery& which, const std::string& author,
                                            const std::string& reason)
{
    JobQueues& queues = m_impl->queues;
    const auto ids = queues.lettersOf(toFilter(which));
    if (ids.empty()) {
        return Error{ErrorCode::notFound,
                     "no dead letter that waits is meant by this",
                     {},
                     "musterctl queue dead lists them"};
    }
    return m_impl->settled(Result<std::uint64_t>(queues.discardLetters(ids, {author, reason})));
}

Result<std::string> QueueSurgery::edit(std::uint64_t id, std::string payload,
                                       const std::string& author)
{
    if (const auto problem = payloadProblem(payload); !problem.empty()) {
        return Error{ErrorCode::invalidArgument, problem, {}, "Give the payload as it shall be"};
    }
    const auto before = m_impl->queues.letter({id});
    const auto edited = m_impl->queues.editLetter({id}, std::move(payload), {author, ""});
    return edited ? m_impl->settled(Result<std::string>(before->job.content->payload))
                  : Result<std::string>(edited.error());
}

Result<std::vector<RetryPreview>> QueueSurgery::dryRun(const LetterQuery& which,
                                                       const std::filesystem::path& workload)
{
    const ActionRegistry registry = builtInActions();
    std::optional<WorkloadSpec> spec;
    if (!workload.empty()) {
        auto read = readWorkload(workload, {}, registry);
        if (!read) {
            return read.error();
        }
        spec = std::move(read).value();
    }
    // No run: no breaker and no limiter to meet.
    auto previews = previewRetry(
        m_impl->queues, which, [&spec](std::string_view queue, const std::string& payload) {
            return spec ? payloadFindings(*spec, queue, payload) : std::vector<std::string>();
        });
    if (previews.empty()) {
        return Error{ErrorCode::notFound,
                     "no dead letter that waits is meant by this",
                     {},
                     "musterctl queue dead lists them"};
    }
    return previews;
}

Result<void> QueueSurgery::pause(const std::string& queue, bool paused, const std::string& author)
{
    auto done = m_impl->queues.pause(queue, paused, author);
    const auto trouble = m_impl->editor->queueTrouble();
    return done && trouble ? Result<void>(*trouble) : done;
}

}  // namespace muster
