package adobecommerce

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/tidemark/tidemark/channels"
)

// Check reads the sources, a product, a figure, and the report on a bulk that does not exist. Each needs a permission of its own.
// Whether figures may be set (Magento_InventoryApi::stock_source_item_assign) cannot be asked without setting one.
func (s *store) Check(ctx context.Context) (channels.Finding, error) {
	finding := channels.Finding{Account: s.Endpoint}
	if parsed, err := url.Parse(s.Endpoint); err == nil {
		finding.Account = parsed.Host + parsed.Path
	}
	finding.Account += ", store view " + s.view
	if err := s.checkSources(ctx, &finding); err != nil {
		return channels.Finding{}, err
	}
	if err := s.checkProducts(ctx, &finding); err != nil {
		return channels.Finding{}, err
	}
	if err := s.checkFigures(ctx, &finding); err != nil {
		return channels.Finding{}, err
	}
	if err := s.checkReports(ctx); err != nil {
		return channels.Finding{}, err
	}
	finding.Notes = append(finding.Notes,
		"the integration may read sources, products and the reports on bulks",
		"whether it may set figures shows with the first one; it needs Magento_InventoryApi::stock_source_item_assign")
	return finding, nil
}

// checkSources lists the sources. A store that has only Default Source has one.
func (s *store) checkSources(ctx context.Context, finding *channels.Finding) error {
	var body struct {
		Items []struct {
			Code    string `json:"source_code"`
			Enabled bool   `json:"enabled"`
		} `json:"items"`
		Total *int `json:"total_count"`
	}
	if err := s.get(ctx, "/V1/inventory/sources?searchCriteria%5BpageSize%5D=100", &body, &body.Total); err != nil {
		return err
	}
	standard := false
	for _, entry := range body.Items {
		finding.Locations = append(finding.Locations, entry.Code)
		standard = standard || entry.Code == s.source
		if !entry.Enabled {
			finding.Notes = append(finding.Notes, fmt.Sprintf("the source %.60q is disabled, so its figures are not for sale", entry.Code))
		}
	}
	if !standard && *body.Total <= len(body.Items) {
		finding.Notes = append(finding.Notes, fmt.Sprintf("there is no source %.60q, which default_source names; a connection without locations cannot set a figure",
			s.source))
	}
	return nil
}

func (s *store) checkProducts(ctx context.Context, finding *channels.Finding) error {
	var body struct {
		Items []product `json:"items"`
		Total *int      `json:"total_count"`
	}
	if err := s.get(ctx, "/V1/products?searchCriteria%5BpageSize%5D=1&fields=items%5Bsku,type_id%5D,total_count", &body, &body.Total); err != nil {
		return err
	}
	finding.Notes = append(finding.Notes, fmt.Sprintf("products: %d", *body.Total))
	if len(body.Items) > 0 {
		finding.Notes = append(finding.Notes, fmt.Sprintf("one product has the SKU %.100q", body.Items[0].SKU))
	}
	return nil
}

func (s *store) checkFigures(ctx context.Context, finding *channels.Finding) error {
	var body struct {
		Total *int `json:"total_count"`
	}
	if err := s.get(ctx, "/V1/inventory/source-items?searchCriteria%5BpageSize%5D=1", &body, &body.Total); err != nil {
		return err
	}
	finding.Notes = append(finding.Notes, fmt.Sprintf("figures in sources: %d", *body.Total))
	return nil
}

// noBulk is the id of no bulk.
const noBulk = "00000000-0000-0000-0000-000000000000"

// checkReports asks about a bulk that does not exist; who may not read reports does not get so far.
func (s *store) checkReports(ctx context.Context) error {
	response, err := s.call(ctx, http.MethodGet, "/V1/bulk/"+noBulk+"/detailed-status", nil)
	if err != nil || unknownBulk(response) {
		return err
	}
	if response.Status == http.StatusOK {
		return s.Unreadable(response, "it tells of a bulk that does not exist")
	}
	return s.readStatus(response)
}

// get reads a list, which must count what there is.
func (s *store) get(ctx context.Context, path string, into any, total **int) error {
	response, err := s.call(ctx, http.MethodGet, path, nil)
	if err := s.ReadOK(response, err, s.readStatus, into); err != nil {
		return err
	}
	if *total == nil {
		return s.Unreadable(response, "it does not count what there is")
	}
	return nil
}
