<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.0" styleCategories="Symbology|Labeling" labelsEnabled="1">
 <renderer-v2 type="singleSymbol" forceraster="0" symbollevels="0" enableorderby="0">
  <symbols><symbol type="fill" name="0" alpha="1" clip_to_extent="1" force_rhr="0">
   <layer class="SimpleFill" enabled="1" pass="0" locked="0"><Option type="Map">
    <Option type="QString" name="color" value="{fill}"/>
    <Option type="QString" name="outline_color" value="{line}"/>
    <Option type="QString" name="outline_style" value="solid"/>
    <Option type="QString" name="outline_width" value="{width}"/>
    <Option type="QString" name="outline_width_unit" value="MM"/>
    <Option type="QString" name="style" value="solid"/>
   </Option></layer>
  </symbol></symbols>
 </renderer-v2>
 <labeling type="simple"><settings calloutType="simple">
  <text-style fieldName={field} fontSize="8" textColor="40,40,40,255"/>
  <placement placement="1" priority="5"/>
 </settings></labeling>
 <layerGeometryType>2</layerGeometryType>
</qgis>
