// A dashboard as Grafana's own types describe it, with the one thing that they leave open: each
// panel has the options and the field properties of its own kind. A kind that is not here is not
// used; whoever adds one adds it here.

import type * as dashboard from '@grafana/schema/dist/types/raw/dashboard/x/types.gen';
import type * as bargauge from '@grafana/schema/dist/types/raw/composable/bargauge/panelcfg/x/types.gen';
import type * as gauge from '@grafana/schema/dist/types/raw/composable/gauge/panelcfg/x/types.gen';
import type * as heatmap from '@grafana/schema/dist/types/raw/composable/heatmap/panelcfg/x/types.gen';
import type * as stat from '@grafana/schema/dist/types/raw/composable/stat/panelcfg/x/types.gen';
import type * as statetimeline from '@grafana/schema/dist/types/raw/composable/statetimeline/panelcfg/x/types.gen';
import type * as statushistory from '@grafana/schema/dist/types/raw/composable/statushistory/panelcfg/x/types.gen';
import type * as table from '@grafana/schema/dist/types/raw/composable/table/panelcfg/x/types.gen';
import type * as text from '@grafana/schema/dist/types/raw/composable/text/panelcfg/x/types.gen';
import type * as timeseries from '@grafana/schema/dist/types/raw/composable/timeseries/panelcfg/x/types.gen';

// Grafana's Prometheus query; its types are not in the published schema.
interface Query {
    datasource: dashboard.DataSourceRef;
    refId: string;
    expr: string;
    format: 'time_series' | 'table' | 'heatmap';
    instant: boolean;
    range: boolean;
    editorMode?: 'code' | 'builder';
    exemplar?: boolean;
    hide?: boolean;
    interval?: string;
    intervalFactor?: number;
    legendFormat?: string;
}

interface DataLink {
    title: string;
    url: string;
    targetBlank?: boolean;
    oneClick?: boolean;
}

interface FieldConfig<Custom> extends Omit<dashboard.FieldConfig, 'custom' | 'links'> {
    custom?: Custom;
    links?: DataLink[];
}

interface FieldConfigSource<Custom> extends Omit<dashboard.FieldConfigSource, 'defaults'> {
    defaults: FieldConfig<Custom>;
}

interface Kind<Type extends string, Options, Custom>
    extends Omit<dashboard.Panel, 'type' | 'options' | 'fieldConfig' | 'targets'> {
    type: Type;
    id: number;
    gridPos: dashboard.GridPos;
    options: Options;
    fieldConfig: FieldConfigSource<Custom>;
    targets?: Query[];
}

interface None {}

// Where older Grafanas look for it; newer ones have it beside the kind of the cell, and take it over.
type Cells<Custom extends { cellOptions?: unknown }> = Omit<Custom, 'cellOptions'> & {
    cellOptions?: Custom['cellOptions'] | { type: 'auto'; wrapText: boolean };
};

// Grafana's editor offers this for timelines, though its schema does not know it there.
type Gaps<Custom> = Custom & { spanNulls?: boolean | number };

type Panel =
    | Kind<'bargauge', bargauge.Options, None>
    | Kind<'gauge', gauge.Options, None>
    | Kind<'heatmap', heatmap.Options, heatmap.FieldConfig>
    | Kind<'stat', stat.Options, None>
    | Kind<'state-timeline', statetimeline.Options, Gaps<statetimeline.FieldConfig>>
    | Kind<'status-history', statushistory.Options, statushistory.FieldConfig>
    | Kind<'table', table.Options, Cells<table.FieldConfig>>
    | Kind<'text', text.Options, None>
    | Kind<'timeseries', timeseries.Options, timeseries.FieldConfig>;

interface Row extends Omit<dashboard.RowPanel, 'panels'> {
    panels: Panel[];
}

// Grafana itself writes and reads these, though its schema does not know them. Where nothing is
// chosen yet, `current` is an empty object: Grafana then takes the first value.
interface Variable extends Omit<dashboard.VariableModel, 'current'> {
    current: dashboard.VariableOption | None;
    definition?: string;
}

interface Annotation extends dashboard.AnnotationQuery {
    expr?: string;
    step?: string;
    tagKeys?: string;
    titleFormat?: string;
    textFormat?: string;
    useValueForTime?: boolean;
}

// What the files are checked against.
export interface StrictDashboard
    extends Omit<dashboard.Dashboard, 'panels' | 'templating' | 'annotations'> {
    panels: (Panel | Row)[];
    templating: { list: Variable[] };
    annotations: { list: Annotation[] };
}
