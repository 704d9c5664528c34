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
    setOrientation(width() < kNarrow ? Qt::Vertical : Qt::Horizontal);
    QSplitter::resizeEvent(event);
}

} // namespace gui
