// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <cstdio>
#include <exception>

#include "musterctl/arguments.h"

namespace {

using namespace muster::ctl;

struct Dispatch {
    int operator()(const Exit& exit) const { return exit.code; }
    int operator()(const RunArguments& arguments) const { return run(arguments); }
    int operator()(const CheckArguments& arguments) const { return check(arguments); }
    int operator()(const EventsArguments& arguments) const { return events(arguments); }
    int operator()(const ExportArguments& arguments) const { return exportRecords(arguments); }
    int operator()(const WhatIfArguments& arguments) const { return whatIf(arguments); }
    int operator()(const ConfigArguments& arguments) const { return config(arguments); }
    int operator()(const StateArguments& arguments) const { return state(arguments); }
    int operator()(const LoadArguments& arguments) const { return load(arguments); }
    int operator()(const ReplayArguments& arguments) const { return replay(arguments); }
    int operator()(const CompareArguments& arguments) const { return compare(arguments); }
    int operator()(const ReportArguments& arguments) const { return report(arguments); }
    int operator()(const QueueArguments& arguments) const { return queue(arguments); }
    int operator()(const StreamArguments& arguments) const { return streams(arguments); }
    int operator()(const BlackBoxArguments& arguments) const { return blackBox(arguments); }
    int operator()(const DoctorArguments& arguments) const { return doctor(arguments); }
};

}  // namespace

int main(int argc, char** argv)
{
    // A reader that closes the pipe shows as a failed write, not as the end of the program.
    std::signal(SIGPIPE, SIG_IGN);
    try {
        return std::visit(Dispatch{}, parseArguments(argc, argv));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "musterctl: %s\n", error.what());
        return kExitFailed;
    }
}
