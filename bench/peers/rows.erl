%% SPDX-License-Identifier: Apache-2.0
%% The operations of muster_bench on Erlang/OTP, each as its users write it. Prints a line for
%% each row: its name and nanoseconds an operation, or bytes for bytes_per_agent.
%% Run by bench/compare.
-module(rows).
-export([main/0, idle/0, answer/0]).

main() ->
    create_keep_and_stop(1000000),
    create_message_gone(200000),
    one_to_one(5000000),
    ping_pong(1000000),
    ring(503, 5000000),
    fan_out(1000, 2000),
    directory_by_name(10000, 2000000),
    init:stop().

took(Operation) ->
    Begin = erlang:monotonic_time(nanosecond),
    Value = Operation(),
    {erlang:monotonic_time(nanosecond) - Begin, Value}.

row(Name, Ops, Nanoseconds) ->
    io:format("~s ~.2f~n", [Name, Nanoseconds / Ops]).

idle() ->
    receive leave -> ok end.

answer() ->
    receive {From, ping} -> From ! pong, answer() end.

create_keep_and_stop(N) ->
    erlang:garbage_collect(),
    Before = erlang:memory(processes) + erlang:memory(system),
    {Created, All} = took(fun() -> create(N, []) end),
    After = erlang:memory(processes) + erlang:memory(system),
    row("create_keep", N, Created),
    io:format("bytes_per_agent ~.2f~n", [(After - Before) / N]),
    {Stopped, ok} = took(fun() ->
        Watched = [watch_and_stop(Pid) || Pid <- All],
        lists:foreach(fun await_end/1, Watched)
    end),
    row("stop", N, Stopped).

create(0, All) -> All;
create(N, All) -> create(N - 1, [spawn(fun idle/0) | All]).

watch_and_stop(Pid) ->
    Watch = erlang:monitor(process, Pid),
    Pid ! leave,
    Watch.

await_end(Watch) ->
    receive {'DOWN', Watch, process, _, _} -> ok end.

create_message_gone(N) ->
    {Time, ok} = took(fun() -> cycles(N) end),
    row("create_message_gone", N, Time).

cycles(0) -> ok;
cycles(N) ->
    await_end(watch_and_stop(spawn(fun idle/0))),
    cycles(N - 1).

one_to_one(N) ->
    Main = self(),
    {Time, ok} = took(fun() ->
        Receiver = spawn(fun() -> take(N), Main ! done end),
        give(Receiver, N),
        receive done -> ok end
    end),
    row("one_to_one", N, Time).

take(0) -> ok;
take(N) -> receive increment -> take(N - 1) end.

give(_, 0) -> ok;
give(Pid, N) -> Pid ! increment, give(Pid, N - 1).

ping_pong(N) ->
    Main = self(),
    {Time, ok} = took(fun() ->
        Other = spawn(fun answer/0),
        spawn(fun() -> play(Other, N), Main ! done end),
        receive done -> ok end
    end),
    row("ping_pong", N, Time).

play(_, 0) -> ok;
play(Other, N) ->
    Other ! {self(), ping},
    receive pong -> play(Other, N - 1) end.

ring(Members, Hops) ->
    Main = self(),
    All = [spawn(fun() -> receive {next, Next} -> pass(Next, Main) end end)
           || _ <- lists:seq(1, Members)],
    [Pid ! {next, Next} || {Pid, Next} <- lists:zip(All, tl(All) ++ [hd(All)])],
    {Time, ok} = took(fun() -> hd(All) ! Hops, receive done -> ok end end),
    row("ring", Hops, Time).

pass(Next, Main) ->
    receive
        0 -> Main ! done, pass(Next, Main);
        Left -> Next ! Left - 1, pass(Next, Main)
    end.

%% Subscriptions in an ETS bag, as pub/sub libraries keep them.
fan_out(Subscribers, Events) ->
    Main = self(),
    Table = ets:new(subscriptions, [bag, public, {read_concurrency, true}]),
    [ets:insert(Table, {topic, spawn(fun() -> hear(Events), Main ! done end)})
     || _ <- lists:seq(1, Subscribers)],
    {Time, ok} = took(fun() ->
        [publish(Table, Number) || Number <- lists:seq(1, Events)],
        [receive done -> ok end || _ <- lists:seq(1, Subscribers)],
        ok
    end),
    row("fan_out_1000", Subscribers * Events, Time).

publish(Table, Number) ->
    [Pid ! {event, topic, Number} || {_, Pid} <- ets:lookup(Table, topic)].

hear(0) -> ok;
hear(N) -> receive {event, _, _} -> hear(N - 1) end.

directory_by_name(Names, LookUps) ->
    Table = ets:new(names, [set, public, {read_concurrency, true}]),
    Keys = list_to_tuple([integer_to_binary(N) || N <- lists:seq(1, Names)]),
    [ets:insert(Table, {element(N, Keys), self(), #{type => worker}}) || N <- lists:seq(1, Names)],
    {Time, ok} = took(fun() -> find(Table, Keys, Names, LookUps) end),
    row("directory_by_name", LookUps, Time).

find(_, _, _, 0) -> ok;
find(Table, Keys, Names, Left) ->
    %% A stride with no factor in common with the number of names visits all of them.
    [_] = ets:lookup(Table, element((Left * 7919) rem Names + 1, Keys)),
    find(Table, Keys, Names, Left - 1).
