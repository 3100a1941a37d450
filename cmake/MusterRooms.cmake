# How every target of the tree is made: one room, one target, one folder.
# The rooms' levels and the headers each may include stand in tests/structure/rooms.txt,
# which the structure test holds the code to.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

set(MUSTER_SANITIZE "" CACHE STRING "Sanitizers to build with, as -fsanitize= takes them")
option(MUSTER_WERROR "Treat warnings as errors" ON)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # Precompiled headers and ccache agree only when told so.
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
        "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime"
        "${CCACHE_PROGRAM}")
endif()

find_package(Threads REQUIRED)

add_library(muster_options INTERFACE)
target_compile_options(muster_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-align
    -Woverloaded-virtual -Wconversion -Wno-sign-conversion -Wnull-dereference)
# GCC 12 reports false positives of these in optimised standard-library code.
target_compile_options(muster_options INTERFACE
    -Wno-null-dereference -Wno-maybe-uninitialized -Wno-restrict)
if(MUSTER_SANITIZE MATCHES "thread")
    # And of these two when it instruments std::string.
    target_compile_options(muster_options INTERFACE -Wno-array-bounds -Wno-stringop-overflow)
endif()
if(MUSTER_WERROR)
    target_compile_options(muster_options INTERFACE -Werror)
endif()
if(MUSTER_SANITIZE)
    target_compile_options(muster_options INTERFACE
        -fsanitize=${MUSTER_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(muster_options INTERFACE -fsanitize=${MUSTER_SANITIZE})
endif()

# Finds meta-objects in TARGET's sources. Each configuration looks at all of them again: the
# build by itself would not see a source that is new since its last look.
function(muster_automoc target)
    set_target_properties(${target} PROPERTIES AUTOMOC ON)
    file(REMOVE "${CMAKE_CURRENT_BINARY_DIR}/${target}_autogen/timestamp")
endfunction()

# muster_room(NAME [USES room...] [LINKS library...] [PUBLIC_LINKS library...])
# A static library muster_<NAME> of the current folder's sources, internal/ included.
# USES names rooms below; their headers are included as "<room>/<header>.h".
function(muster_room name)
    cmake_parse_arguments(ROOM "" "" "USES;LINKS;PUBLIC_LINKS" ${ARGN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS "*.cpp" "*.h")
    add_library(muster_${name} STATIC ${sources})
    target_include_directories(muster_${name} PUBLIC "${CMAKE_CURRENT_SOURCE_DIR}/..")
    list(TRANSFORM ROOM_USES PREPEND muster_)
    target_link_libraries(muster_${name} PUBLIC ${ROOM_USES} ${ROOM_PUBLIC_LINKS} Threads::Threads
        PRIVATE muster_options ${ROOM_LINKS})
    set_target_properties(muster_${name} PROPERTIES LINKER_LANGUAGE CXX)
endfunction()

# muster_ui_room(NAME [CORE_ONLY] [USES ui-room...] [LINKS library...] [PUBLIC_LINKS library...])
# The same for a room of the console, muster_ui_<NAME>: links the engine's api and, unless
# CORE_ONLY, Qt Widgets, whose precompiled header they share.
function(muster_ui_room name)
    cmake_parse_arguments(ROOM "CORE_ONLY" "" "USES;LINKS;PUBLIC_LINKS" ${ARGN})
    list(TRANSFORM ROOM_USES PREPEND ui_)
    muster_room(ui_${name} USES ${ROOM_USES} LINKS ${ROOM_LINKS}
        PUBLIC_LINKS muster_api Qt6::Core ${ROOM_PUBLIC_LINKS})
    muster_automoc(muster_ui_${name})
    target_compile_definitions(muster_ui_${name} PRIVATE QT_NO_CAST_TO_ASCII)
    if(ROOM_CORE_ONLY)
        return()
    endif()
    target_link_libraries(muster_ui_${name} PUBLIC Qt6::Widgets)
    target_precompile_headers(muster_ui_${name} REUSE_FROM muster_ui_precompiled)
endfunction()

# Tests are built quickly rather than made fast: what they run is not.
set(MUSTER_TEST_OPTIONS $<$<CONFIG:Release>:-O0>)

# muster_test(ROOM [USES target...] [ENVIRONMENT VAR=VALUE...])
# One program per mirrored room, tests_<ROOM>, of every *_test.cpp in the current folder.
function(muster_test room)
    cmake_parse_arguments(TEST "" "TIMEOUT" "USES;ENVIRONMENT;LABELS" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS "*.cpp" "*.h")
    add_executable(tests_${room} ${sources})
    muster_automoc(tests_${room})
    target_include_directories(tests_${room} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
    target_compile_definitions(tests_${room} PRIVATE
        MUSTER_SOURCE_DIR="${PROJECT_SOURCE_DIR}" MUSTER_BINARY_DIR="${CMAKE_BINARY_DIR}")
    target_link_libraries(tests_${room} PRIVATE ${TEST_USES} tests_support muster_options)
    target_compile_options(tests_${room} PRIVATE ${MUSTER_TEST_OPTIONS})
    target_precompile_headers(tests_${room} REUSE_FROM tests_precompiled)
    add_test(NAME ${room} COMMAND tests_${room})
    if(NOT TEST_TIMEOUT)
        set(TEST_TIMEOUT 300)
    endif()
    set_tests_properties(${room} PROPERTIES TIMEOUT ${TEST_TIMEOUT}
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen;QTEST_DISABLE_STACK_DUMP=1;${TEST_ENVIRONMENT}" LABELS "${TEST_LABELS}")
endfunction()
