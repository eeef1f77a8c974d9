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
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 900)
endfunction()
