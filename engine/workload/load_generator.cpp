// SPDX-License-Identifier: Apache-2.0
#include "workload/load_generator.h"

#include "workload/internal/load_driver.h"

namespace muster {

LoadGenerator::LoadGenerator(Runtime& runtime, std::unique_ptr<InputSource> input,
                             LoadGeneratorOptions options)
    : m_impl(std::make_shared<Impl>(runtime, std::move(input), std::move(options)))
{
}

LoadGenerator::~LoadGenerator() = default;

void LoadGenerator::addTarget(LoadTarget target)
{
    m_impl->addTarget(std::move(target));
}

Result<void> LoadGenerator::start()
{
    return m_impl->start();
}

void LoadGenerator::stop()
{
    m_impl->stop();
}

void LoadGenerator::conclude(std::string_view reason)
{
    m_impl->conclude(reason);
}

void LoadGenerator::pause(std::string_view author)
{
    m_impl->change(author, [](LoadProfile& profile, LoadReporter& report, std::string_view who,
                              double before) {
        profile.pause();
        report.paused(before, who);
    });
}

void LoadGenerator::resume(std::string_view author)
{
    m_impl->change(author,
                   [](LoadProfile& profile, LoadReporter& report, std::string_view who, double) {
                       profile.resume();
                       report.resumed(profile.target(), who);
                   });
}

void LoadGenerator::step(double by, std::string_view author)
{
    m_impl->change(author, [by](LoadProfile& profile, LoadReporter& report, std::string_view who,
                                double before) {
        profile.step(by);
        report.changed(before, profile, false, who);
    });
}

void LoadGenerator::hold(std::optional<double> target, std::string_view author)
{
    m_impl->change(author, [target](LoadProfile& profile, LoadReporter& report,
                                    std::string_view who, double before) {
        profile.hold(target);
        report.changed(before, profile, false, who);
    });
}

void LoadGenerator::reshape(double start, std::vector<ProfileStage> stages, std::string_view author)
{
    m_impl->change(author, [&](LoadProfile& profile, LoadReporter& report, std::string_view who,
                               double before) {
        profile.reshape(start, std::move(stages));
        report.changed(before, profile, true, who);
    });
}

void LoadGenerator::burst(std::uint64_t count, std::string_view author)
{
    m_impl->burst(count, author);
}

std::vector<ArrivalBlock> LoadGenerator::takeArrivals()
{
    return m_impl->takeArrivals();
}

LoadFigures LoadGenerator::figures() const
{
    return m_impl->figures();
}

}  // namespace muster
