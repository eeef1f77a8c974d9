// The calls about the operator's directory of companies.
import { answer, client } from "./client";
import { filtered, type ListQuery, once } from "./parameters";
import type { CompaniesFile, CompaniesFileText, CompanyMerger, CompanySplit } from "./types";

export const listDirectory = (query: ListQuery) =>
  answer(client.GET("/api/v1/operator/companies", { params: { query: filtered<"list_directory">(query) } }));
export const mergeCompanies = (body: CompanyMerger, key: string) =>
  answer(client.POST("/api/v1/operator/company_mergers", { headers: once(key), body }));
export const splitCompany = (body: CompanySplit) => answer(client.POST("/api/v1/operator/company_splits", { body }));
export const previewCompaniesFile = (body: CompaniesFileText) =>
  answer(client.POST("/api/v1/operator/companies_file_previews", { body }));
export const importCompaniesFile = (body: CompaniesFile, key: string) =>
  answer(client.POST("/api/v1/operator/companies_file_imports", { headers: once(key), body }));
