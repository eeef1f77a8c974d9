# Two precompiled headers: one for libraries, one with GoogleTest for the test programs. Programs and libraries need
# their own anyway, since they are compiled to different kinds of position-independent code. Every file still includes
# what it uses; builds with -DMENKYO_PCH=OFF (the sanitizers') show whether it does.
if(MENKYO_PCH)
  add_compile_options($<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU>>:-fpch-preprocess>)
  set(common_headers
      <algorithm> <array> <atomic> <charconv> <chrono> <condition_variable> <cstdint> <cstring> <filesystem> <fstream>
      <functional> <future> <map> <memory> <mutex> <optional> <set> <span> <sstream> <stdexcept> <string> <string_view>
      <thread> <tuple> <unordered_map> <utility> <variant> <vector> <boost/describe.hpp> <boost/mp11.hpp>)
  add_library(menkyo_pch OBJECT ${PROJECT_SOURCE_DIR}/cmake/pch.cpp)
  target_precompile_headers(menkyo_pch PRIVATE ${common_headers})
  if(MENKYO_TESTS)
    add_executable(menkyo_test_pch EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/cmake/pch.cpp)
    target_link_libraries(menkyo_test_pch PRIVATE GTest::gmock)
    target_precompile_headers(menkyo_test_pch PRIVATE ${common_headers} <gmock/gmock.h> <gtest/gtest.h>)
  endif()
endif()

# Lets a library or a test program read the precompiled headers.
function(menkyo_precompiled target from)
  if(MENKYO_PCH)
    target_precompile_headers(${target} REUSE_FROM ${from})
  endif()
endfunction()

# One library and one test program for each module. Sources ending in _test.cpp are the module's tests.
#
#   menkyo_module(NAME [DEPS library...] [TEST_DEPS library...])
#
# takes every .cpp of the current folder; the library is called menkyo_NAME, the test program NAME_test.
function(menkyo_module name)
  cmake_parse_arguments(ARG "" "" "DEPS;TEST_DEPS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  if(sources)
    add_library(menkyo_${name} STATIC ${sources})
    target_include_directories(menkyo_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR})
    target_link_libraries(menkyo_${name} PUBLIC ${ARG_DEPS})
    menkyo_precompiled(menkyo_${name} menkyo_pch)
  else()
    add_library(menkyo_${name} INTERFACE)
    target_include_directories(menkyo_${name} INTERFACE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR})
    target_link_libraries(menkyo_${name} INTERFACE ${ARG_DEPS})
  endif()
  if(MENKYO_TESTS AND tests)
    menkyo_test(${name}_test SOURCES ${tests} DEPS menkyo_${name} ${ARG_TEST_DEPS})
  endif()
endfunction()

# A test program run by ctest as one test. Programs that need a PostgreSQL find it in MENKYO_TEST_POSTGRES.
function(menkyo_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  menkyo_precompiled(${name} menkyo_test_pch)
  add_test(NAME ${name} COMMAND ${name})
  # Ends what hangs. The longest take minutes, and several times that on a machine with other work.
  set_tests_properties(${name} PROPERTIES TIMEOUT 2700)
endfunction()

# Makes a file of the current folder part of a library, as the function std::string_view NAMESPACE::FUNCTION().
function(menkyo_embed_file target name namespace function)
  set(file ${CMAKE_CURRENT_SOURCE_DIR}/${name})
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${function}.cpp)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DFILE=${file} -DNAMESPACE=${namespace} -DFUNCTION=${function}
            -P ${PROJECT_SOURCE_DIR}/cmake/embed_file.cmake
    DEPENDS ${file} ${PROJECT_SOURCE_DIR}/cmake/embed_file.cmake
    COMMENT "Embedding ${name}" VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()
