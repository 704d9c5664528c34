#include "gui/widgets/list_splitter.h"

namespace gui
{
namespace
{

constexpr int kNarrow = 968;
constexpr int kUsualWidth = 1140;
constexpr int kHandleWidth = 13;

} // namespace

ListSplitter::ListSplitter(QWidget *list, QWidget *details, int detailsWidth, QWidget *parent)
    : QSplitter(Qt::Horizontal, parent)
    , m_detailsWidth(detailsWidth)
{
    setChildrenCollapsible(false);
    setHandleWidth(kHandleWidth);
    addWidget(list);
    addWidget(details);
    setStretchFactor(0, 1);
    setStretchFactor(1, 0);
    setSizes({kUsualWidth - detailsWidth, detailsWidth});
}

void ListSplitter::resizeEvent(QResizeEvent *event)
{
    const Qt::Orientation way = width() < kNarrow ? Qt::Vertical : Qt::Horizontal;
    const bool isNew = way != orientation();
    setOrientation(way);
    QSplitter::resizeEvent(event);
    if (!isNew) return;
    if (way == Qt::Vertical)
        setSizes({height() / 2, height() / 2});
    else
        setSizes({width() - m_detailsWidth, m_detailsWidth});
}

} // namespace gui
