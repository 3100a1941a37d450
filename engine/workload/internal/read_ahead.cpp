// SPDX-License-Identifier: Apache-2.0
#include "workload/internal/read_ahead.h"

#include <iterator>

namespace muster {

namespace {

constexpr std::size_t kBatch = InputSource::kAhead / 2;

}  // namespace

Result<void> ReadAhead::open(std::function<void()> ready)
{
    auto opened = m_reader->open();
    if (!opened.ok()) {
        return opened;
    }
    m_ready = std::move(ready);
    readMore();
    return {};
}

void ReadAhead::readMore()
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_reading || m_over || m_stopped.load(std::memory_order_acquire)) {
            return;
        }
        m_reading = true;
    }
    // Refused when the pool's queue is full: the next take() asks again.
    const auto started = m_scheduler.blocking([self = shared_from_this()] { self->readNow(); });
    if (!started.ok()) {
        const std::lock_guard lock(m_mutex);
        m_reading = false;
    }
}

void ReadAhead::readNow()
{
    if (m_stopped.load(std::memory_order_acquire)) {
        return;
    }
    ReadBatch batch;
    m_reader->read(kBatch, batch);
    if (m_sink != nullptr) {
        for (const auto& problem : batch.problems) {
            m_sink->error(
                {"input", problem.item, 0, AgentId{}, FailureClass::application, &problem.error});
        }
    }
    keep(std::move(batch));
    m_ready();
}

void ReadAhead::keep(ReadBatch batch)
{
    const std::lock_guard lock(m_mutex);
    m_reading = false;
    m_over = batch.over;
    m_figures.skipped += batch.skipped + batch.problems.size();
    m_figures.bytes += batch.bytes;
    m_items += batch.items.size();
    m_read.insert(m_read.end(), std::make_move_iterator(batch.items.begin()),
                  std::make_move_iterator(batch.items.end()));
    if (m_over) {
        m_figures.total = m_items;
    }
}

InputSource::Next ReadAhead::take(std::unique_ptr<const std::string>& item)
{
    if (m_near.empty()) {
        bool more = false;
        {
            const std::lock_guard lock(m_mutex);
            m_near.insert(m_near.end(), std::make_move_iterator(m_read.begin()),
                          std::make_move_iterator(m_read.end()));
            m_read.clear();
            more = !m_over;
        }
        if (more) {
            readMore();
        }
        if (m_near.empty()) {
            return more ? Next::later : Next::over;
        }
    }
    item = std::move(m_near.front());
    m_near.pop_front();
    const std::lock_guard lock(m_mutex);
    ++m_figures.taken;
    return Next::item;
}

InputFigures ReadAhead::figures() const
{
    const std::lock_guard lock(m_mutex);
    return m_figures;
}

}  // namespace muster
