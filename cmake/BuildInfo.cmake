# Writes what a build is made of into a header that changes only when its text does, at build
# time: cmake -DIN=... -DOUT=... -DVERSION=... -DCOMPILER=... -DTYPE=... -P BuildInfo.cmake
execute_process(
    COMMAND git describe --always --dirty --abbrev=12 --exclude=*
    WORKING_DIRECTORY "${SOURCE}" OUTPUT_VARIABLE COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE
    ERROR_QUIET RESULT_VARIABLE failed)
if(failed OR NOT COMMIT)
    set(COMMIT "no commit")
endif()
configure_file("${IN}" "${OUT}" @ONLY)
