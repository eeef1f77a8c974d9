// What is known of countries and their regions; it changes with the server's version alone.
import { useQuery } from "@tanstack/react-query";
import { listCountries, listRegions } from "../../api/calls";

const KEPT_MS = 60 * 60_000;

export function useCountries() {
  return useQuery({ queryKey: ["countries"], queryFn: listCountries, staleTime: KEPT_MS });
}

export function useCountry(code: string | undefined) {
  return useCountries().data?.items.find((country) => country.code === code);
}

export function useRegions(country: string, enabled: boolean) {
  return useQuery({
    queryKey: ["regions", country],
    queryFn: () => listRegions(country),
    staleTime: KEPT_MS,
    enabled,
  });
}
